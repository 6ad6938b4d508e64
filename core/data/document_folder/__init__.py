"""Data sets of documents: a folder with a folder of text files for each class."""
