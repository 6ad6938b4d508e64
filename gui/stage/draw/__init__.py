"""A digit drawn by hand: the pad, the model's answer, and the reasons for it."""
