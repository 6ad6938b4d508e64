"""The weights: as bars, images or coefficients, with their gradients and norms."""
