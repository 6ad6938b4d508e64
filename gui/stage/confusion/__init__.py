"""The confusion matrix of the shown run."""
