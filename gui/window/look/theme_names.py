"""The themes that can be chosen, as the command line names them, each with its label in the menu.

Nothing is imported: the options are parsed before Qt is there.
"""

SYSTEM = "system"  # light or dark, in high contrast if the platform is
LABELS = {
    SYSTEM: "System colours",
    "light": "Light colours",
    "dark": "Dark colours",
    "white-on-black": "White on black, high contrast",
    "black-on-white": "Black on white, high contrast",
}
THEMES = tuple(LABELS)
