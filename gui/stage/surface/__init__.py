"""The loss over two directions of the parameters, with the run's trajectory."""
