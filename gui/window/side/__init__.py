"""The side of the window: cards with views of the run, and what to do first."""
