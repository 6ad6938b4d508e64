"""Exercises to compute by hand: new numbers from a seed, checked, with a worked solution."""
