"""Questions about a model: what it says elsewhere, which numbers lead there, what its loss is like.

Pure functions of a task and parameters; NumPy in, NumPy out. Nothing here changes a run.
"""
