"""The answer of a model to something new, and the row of classes that it is taught by."""
