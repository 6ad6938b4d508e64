"""The steps by which a digit is found in a picture; each can be left out to see its effect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cleaning:
    """Which steps are taken.

    paper : estimate the paper around each pixel; otherwise one grey is all paper.
    lines : take out ruled lines, grids and frames.
    dust : keep only the digit's own parts; otherwise all ink counts.
    """

    paper: bool = True
    lines: bool = True
    dust: bool = True
