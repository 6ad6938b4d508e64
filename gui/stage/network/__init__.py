"""The model as a network: inputs, weights and outputs for one example."""
