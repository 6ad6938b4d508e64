"""Teaching material: lessons as values, and the numbers behind the demonstrations."""
