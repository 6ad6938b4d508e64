"""The typesetter of formulae, which serves one thread at a time."""

from __future__ import annotations

import threading

# It reads all glyphs from one place in the file of its font, which every thread moves: two at once
# get each other's outlines, or an error.
_ONE_AT_A_TIME = threading.Lock()


def typeset(latex: str, px: float = 24.0, ink: str = "#000000") -> str:
    """Return a formula as SVG, from any thread; 5 to 20 ms, the first time 0.3 s.

    px : the font size in pixels; ink : the colour, as in “#1763A6”.

    Raise whatever the parser raises, assertions among them, if it cannot set the formula.
    """
    with _ONE_AT_A_TIME:
        # Not imported at the start, which need not wait for it.
        import ziamath

        ziamath.config.svg2 = False  # QtSvg does not support symbols and would draw nothing
        svg: str = ziamath.Latex(latex, size=px, color=ink).svg()
        return svg
