"""The project of the window: what is asked before work is lost, and what is brought back."""
