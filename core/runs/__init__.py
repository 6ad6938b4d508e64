"""Runs as a whole: the one training thread (Session), races, kept runs, model files.

Here is what goes on around a trainer: verdicts, exact figures at rest, failures told.
"""
