"""The strongest words of each label of a text."""
