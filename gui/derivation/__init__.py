"""The lines of a trace: one example's numbers through one update, as formulae with live numbers.

Two views show it, whole and in brief.
"""
