"""Sizes of the main window and its columns, in pixels at a zoom of 100 %."""

from __future__ import annotations

DEFAULT_SIZE = (1280, 800)
MINIMUM_SIZE = (800, 540)
LOW_PX = 720  # a lower window cannot show a lesson's strip and the message at once
FLAT_PX = 540  # height below which the run bar and the tabs of the stage are flat
NARROW_PX, WIDE_PX = 1100, 1600  # narrower: the rail is folded; at least: all settings are shown
TALL_PX = 940  # height from which a narrow window has the side panel under the stage, a plot of 200
CROWDED_PX = 800  # narrower: a view that is wide has no side panel beside it
SOLE_PX = 600  # width of a window in which the stage is alone: it has the curves as a view too
MARGIN = 10  # beside the columns
MARGIN_BELOW = 4
GAP = 8  # between columns, cards and lines
LEAST_WIDTH = 240  # of the stage, and of the side panel
STAGE_PX = 520  # stage width, beside the panel with all settings, that the side panel leaves
SIDE_SHARE = 0.38  # of the width that rail and settings leave, for the side panel
UNDER_SHARES = (8, 5)  # height ratios of the stage and of the side panel under it
SIDE_WIDTHS = (290, 560)  # least and greatest width of the side panel
GALLERY_DOWN = 90  # top of the gallery below the window's top edge: beside the board, below bars
