"""The themes that can be chosen, as the command line names them, each with its label in the menu.

Nothing of Qt is imported: the options are parsed before it is there.
"""

from core.language import mark

SYSTEM = "system"  # light or dark, in high contrast if the platform is
LABELS = {
    SYSTEM: mark("System colours"),
    "light": mark("Light colours"),
    "dark": mark("Dark colours"),
    "white-on-black": mark("White on black, high contrast"),
    "black-on-white": mark("Black on white, high contrast"),
}
THEMES = tuple(LABELS)
