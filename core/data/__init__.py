"""Data before training: read or generated, as a Dataset, made ready for a run as a Task.

Nothing here knows a trainer.
"""
