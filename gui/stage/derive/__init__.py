"""Derivations that unfold line by line, with the numbers of the followed example."""
