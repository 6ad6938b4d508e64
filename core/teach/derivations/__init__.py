"""Derivations as values: formulae line by line, which can be written, evaluated and compared."""
