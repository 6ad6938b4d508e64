"""Formulae on the screen: as values, typeset, laid out, and as a sheet with live numbers."""
