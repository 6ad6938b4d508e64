"""How good a model is on rows that it did not train on: counts, curves, calibration, folds.

`model_outputs` asks the model; the rest is arithmetic on arrays.
"""
