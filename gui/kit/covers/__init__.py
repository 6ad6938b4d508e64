"""Figures that are covered with the numbers of the view around them."""
