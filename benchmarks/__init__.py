"""What Logit Lab claims about its speed, as ratios that are measured within one run.

A benchmark is a module of this package: its docstring is the claim, TARGET what the ratio must
keep to, and `measure(data_dir)` returns a Result, or None where its data are missing.
"""
