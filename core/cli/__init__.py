"""The command line: `train`, `predict`, their options, and how a command ends."""
