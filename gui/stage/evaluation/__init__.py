"""Evaluation of a model: counts, curves, threshold, reliability, cross-validation, mistakes."""
