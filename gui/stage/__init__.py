"""The views of the stage and the side, one package each.

No view imports another; `gui.window` creates each when it is first shown.
"""
