"""Sizes of the main window and its columns, in pixels at a zoom of 100 %."""

from __future__ import annotations

DEFAULT_SIZE = (1280, 800)
MINIMUM_SIZE = (800, 540)
LOW_PX = 720  # a window of less height has no room for a lesson's strip and the message at once
NARROW_PX, WIDE_PX = 1100, 1600  # below, the rail is folded; from there, all settings are there
MARGIN = 10  # beside the columns
MARGIN_BELOW = 4
GAP = 8  # between columns, cards and lines
LEAST_WIDTH = 240  # of the stage, and of the side panel
STAGE_PX = 520  # beside the panel with all settings, before the side panel gives way
SIDE_SHARE = 0.33  # of the window's width, for the side panel
SIDE_WIDTHS = (290, 560)  # the least and the most of that
GALLERY_DOWN = 90  # from the window's top edge: beside the board, below the bars
