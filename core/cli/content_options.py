"""Command-line options of what pictures and texts become, and of how pictures are varied."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.values import whole
from core.config import WEIGHTINGS, BagOptions, DataConfig


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


def add_text_options(group: argparse._ArgumentGroup) -> None:
    """Add the options on a table's column of texts, and on the words that are features."""
    bag = BagOptions()
    group.add_argument(
        "--text",
        metavar="COL",
        help="name or number (from 0) of a table's column of texts, whose words are the features "
        "(default: the column of texts, where no other can be a feature)",
    )
    group.add_argument(
        "--weighting",
        choices=WEIGHTINGS,
        default=bag.weighting,
        help="the number of a word in a text: how often it is there (counts), whether it is "
        "(presence), or its count times how rare it is, at length 1 (default: %(default)s)",
    )
    for option, what in (
        ("--bigrams", "pairs of neighbouring words are features too"),
        ("--stop-words", "leave out the most common words of English, such as “the”"),
        ("--keep-case", "“Mars” and “mars” are two words"),
    ):
        group.add_argument(option, action="store_true", help=f"texts: {what}")
    group.add_argument(
        "--min-documents",
        type=whole,
        default=bag.min_documents,
        metavar="N",
        help="a word is a feature if at least N training texts hold it (default: %(default)s)",
    )
    group.add_argument(
        "--max-words",
        type=whole,
        default=bag.max_words,
        metavar="N",
        help="take the N most frequent of these words at most (default: %(default)s)",
    )


def texts_from(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of a DataConfig that these options give."""
    bag = BagOptions(
        weighting=options.weighting,
        keep_case=options.keep_case,
        stop_words=options.stop_words,
        bigrams=options.bigrams,
        min_documents=options.min_documents,
        max_words=options.max_words,
    )
    return {"text": options.text, "bag": bag}
