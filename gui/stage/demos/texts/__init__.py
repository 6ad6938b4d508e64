"""Demonstrations about documents."""
