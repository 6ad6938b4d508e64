"""One example in brief, beside the stage: its numbers from input to loss."""
