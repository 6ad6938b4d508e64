"""The tabs and gauges, one package each: every view shows one side of a run.

None imports another; `gui.window` makes them when they are first shown.
"""
