"""The core of Logit Lab: data, models, training, inspection. No Qt; only `core.cli` prints."""

VERSION = "0.1.0"  # read by pyproject.toml
