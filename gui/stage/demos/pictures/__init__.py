"""Demonstrations of pictures: what their numbers are, and in which order a model reads them."""
