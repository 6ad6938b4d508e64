"""Logit Lab as a library."""
