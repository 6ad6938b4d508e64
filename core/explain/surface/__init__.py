"""The loss over two directions of the parameters: the directions, and the values."""
