"""Data sets whose rows stay on disk: arrays, IDX files, tables that are converted once."""
