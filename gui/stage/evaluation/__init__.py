"""The evaluation of a model: counts, curves, thresholds, reliability, folds, the mistakes."""
