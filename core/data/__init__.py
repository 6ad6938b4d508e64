"""Data before training: read or generated as a Dataset, prepared for a run as a Task.

Nothing here depends on a trainer.
"""
