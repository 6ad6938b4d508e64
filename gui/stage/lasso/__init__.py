"""The lasso path: which weights are left at each penalty λ₁."""
