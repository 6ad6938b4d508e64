"""One example through one update: formulae with numbers, Jacobian, gradient check."""
