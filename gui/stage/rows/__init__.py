"""The rows of the data set, with the model's prediction for each."""
