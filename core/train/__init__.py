"""Training: models, losses and their gradients by hand, optimisers, and the Trainer that steps.

What leaves it is a Snapshot. This is the hot loop: float32, few objects per step.
"""
