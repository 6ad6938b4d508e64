"""Analysis of a model: its predictions, how they are computed, and the shape of its loss.

Pure functions of a task and parameters; NumPy in, NumPy out. Nothing here changes a run.
"""
