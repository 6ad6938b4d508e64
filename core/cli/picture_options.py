"""Command-line options of pictures: of a folder of them, and of how they are varied."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.values import whole
from core.config import DataConfig


def add_picture_options(group: argparse._ArgumentGroup, *sizes: str) -> None:
    """Add the options on what the pictures of a folder become.

    sizes : names of the option for their size.
    """
    group.add_argument(
        *sizes,
        dest="picture_size",
        type=whole,
        metavar="N",
        help="scale a folder's pictures to N × N, in their proportions and padded with the colour "
        "of their border (default: a common size of their own up to 64, else 28)",
    )
    group.add_argument(
        "--colour",
        action="store_true",
        help="keep red, green and blue of a folder's pictures (default: grey values)",
    )
    group.add_argument(
        "--invert", action="store_true", help="make the light of a folder's pictures dark"
    )


def pictures_from(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of a DataConfig that these options give."""
    return {"size": options.picture_size, "colour": options.colour, "invert": options.invert}


def add_variations(group: argparse._ArgumentGroup) -> None:
    """Add the options on the pictures that are trained on besides the data's own."""
    data = DataConfig()
    group.add_argument(
        "--deskew", action="store_true", help="shear pictures until they stand upright"
    )
    group.add_argument(
        "--copies",
        type=whole,
        default=data.copies,
        metavar="N",
        help="train on N variations of each picture too: moved, turned, resized, with another "
        "pen, 0 to 3 (default: 0)",
    )
    group.add_argument(
        "--pens",
        action="store_true",
        help="digits: train on bundled drawings of pens too, such as crossed sevens, curled nines "
        "and slashed zeros",
    )
