"""What Logit Lab claims about its speed and its memory, measured as a user gets them.

A benchmark is a module of this package: its docstring is the claim, FIGURES names each figure that
it yields and what that must keep to, and `measure(conditions)` returns a Result for each of them.
It raises SkipError where the machine lacks what it needs.
"""
