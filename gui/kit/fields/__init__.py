"""Fields for one value each, and the cards that they stand on."""
