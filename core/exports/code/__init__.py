"""The text of a program that repeats a run, in PyTorch or in NumPy: pieces, and their order.

A piece is a row of a table, found by the function of `core.train` that it writes out, so that no
head and no optimiser lacks one. Names that people gave are never in the text: they are data.
"""
