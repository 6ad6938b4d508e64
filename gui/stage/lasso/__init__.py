"""The lasso path: which weights are left at each λ₁."""
