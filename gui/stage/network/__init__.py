"""The model as a network at work: inputs, weights and outputs of one example."""
