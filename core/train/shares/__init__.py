"""Batches cut into shares, whose gradients are summed in one order: here, or by many processes."""
