"""Demonstrations: small stages, each with one thing to watch."""
