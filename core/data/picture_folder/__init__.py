"""Data sets of people's own pictures: a folder with a folder of picture files for each class."""
