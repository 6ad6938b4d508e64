"""The rows of the data set, with what the model says of each."""
