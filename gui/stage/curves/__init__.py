"""Loss and accuracy against the step, and the way on which a run diverged."""
