"""What a person predicts on a plot, judged by the live model: a place, a boundary, a curve."""
