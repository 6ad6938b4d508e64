"""Pens: digits as people all over the world write them, as strokes to train on."""
