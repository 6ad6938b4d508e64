"""Help: what can be done, with all keys; the family of models; what the program is made of."""
