"""Evaluation on rows not used for training: counts, curves, calibration, cross-validation.

`model_outputs` runs the model; the rest is arithmetic on arrays.
"""
