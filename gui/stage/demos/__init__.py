"""Demonstrations: small stages, each with one thing to watch and one control to move.

`demo` has their base class, `view` lists them; the other modules are the demonstrations and the
widgets they share.
"""
