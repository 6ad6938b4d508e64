"""What Logit Lab computes: data, models, training, questions about a model. No Qt, no printing."""
