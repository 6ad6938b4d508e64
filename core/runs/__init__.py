"""Runs as a whole: the one training thread (Session), races, kept runs, model files.

Everything around a trainer: analysis of finished runs, exact metrics at rest, failure messages.
"""
