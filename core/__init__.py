"""What Logit Lab computes: data, models, training, questions about a model. No Qt, no printing."""

VERSION = "0.1.0"  # pyproject.toml takes it from here
