"""Training: models, losses and their gradients by hand, optimisers, and the Trainer that steps.

Its output is a Snapshot. It contains the hot loop: float32, few objects per step.
"""
