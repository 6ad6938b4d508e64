"""Command-line options of texts: where they are, and how they become features."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.values import whole
from core.config import WEIGHTINGS, BagOptions


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
