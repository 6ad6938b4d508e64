"""The derivation: one example's numbers through one update, as formulae with live numbers.

Two views show it, one in full and one in brief.
"""
