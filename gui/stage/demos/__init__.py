"""Demonstrations: small stages, each with one thing to watch and one to move.

`demo` says what each is, `view` lists them; the others are parts that they share.
"""
