"""Command-line options on what the columns of a table mean."""

from __future__ import annotations

import argparse
from typing import Any

NO_WORD = "empty"  # of --na: only empty cells are missing
NO_COLUMN = "none"  # of --categorical


def add_table_options(group: argparse._ArgumentGroup) -> None:
    """Add the options on missing values, categories and the label of a table."""
    group.add_argument(
        "--na",
        metavar="A,B,…",
        help="the words of a CSV file that mean a missing value, beside empty cells, or "
        f"“{NO_WORD}” for none (default: NA, ?, None and the like, unless one is a class)",
    )
    group.add_argument(
        "--merge-case",
        action="store_true",
        help="take classes and words that differ only in case or blanks for one",
    )
    group.add_argument(
        "--any-label",
        action="store_true",
        help="train on the label column even if it looks like a quantity: each value is a class",
    )
    group.add_argument(
        "--keep-totals",
        action="store_true",
        help="keep rows at the end that are named a total or a mean, and rows that repeat the "
        "names of the columns",
    )
    group.add_argument(
        "--categorical",
        metavar="A,B,…",
        help="columns of up to 20 different words that go in as categories, one input a word, "
        f"“all” or “{NO_COLUMN}” (default: those of two words, as one input 0 or 1)",
    )
    group.add_argument(
        "--missing-category",
        action="store_true",
        help="take a missing word of a categorical column for a category of its own",
    )


def meaning_from(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of a DataConfig that these options give."""
    categorical = _words(options.categorical)
    return {
        "categorical": () if categorical == (NO_COLUMN,) else categorical,
        "missing_category": options.missing_category,
        "merge_case": options.merge_case,
        "any_label": options.any_label,
        "keep_totals": options.keep_totals,
    }


def na_from(options: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the words that mean a missing value, None if they are to be found out."""
    words = _words(options.na)
    return () if words == (NO_WORD,) else words


def _words(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(word.strip() for word in text.split(",") if word.strip())
