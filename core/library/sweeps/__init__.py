"""Sweeps: many runs over a grid or at random, in several processes, kept one by one."""
