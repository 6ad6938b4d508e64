"""The views: each shows one side of the training state, and knows none of the others."""
