"""Loss and accuracy against the step, and the divergence of a run."""
