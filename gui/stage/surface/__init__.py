"""The loss over two directions of the weights, and the run's way down it."""
