"""Fields for one value each, and the cards that hold them."""
