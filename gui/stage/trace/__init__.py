"""One example through one update, whole: formulae with their numbers, Jacobian, gradient check."""
