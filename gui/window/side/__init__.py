"""The side panel: cards with views of the run, and the first steps for a new user."""
