"""What is known of data sets in MNIST's format: names of classes, and which are transposed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.mnist.idx_file import Labels
from core.errors import DataError
from core.files import contents
from core.language import tr

MAPPING_BYTES = 2**16
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = tuple("0123456789")
# EMNIST's other parts, as its mapping files have them; in the merged ones small letters that look
# like capitals are one class with these.
MERGED = (*DIGITS, *LETTERS, *"abdefghnqrt")
BY_CLASS = (*DIGITS, *LETTERS, *"abcdefghijklmnopqrstuvwxyz")
OF_EMNIST = (
    (re.compile(r"emnist-(?:balanced|bymerge)"), MERGED),
    (re.compile(r"emnist-byclass"), BY_CLASS),
)
OF_LETTERS = re.compile(r"emnist-letters")
FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag"),
    "Ankle boot",
)
KMNIST = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")  # the ten kana
# Fashion-MNIST's first training labels: its files have MNIST's own names.
FASHION_START = (9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9)
NAMED = ((re.compile("fashion"), FASHION), (re.compile(r"kmnist|kuzushiji|k-mnist"), KMNIST))


def is_emnist_letters(y: Labels) -> bool:
    """Return whether labels are those of EMNIST’s letters: 1 to 26, and no 0."""
    return np.array_equal(np.unique(y), np.arange(1, len(LETTERS) + 1))


def is_transposed(names: Iterable[str], y: Labels) -> bool:
    """Return whether pictures are stored column by column, as EMNIST's are.

    names : of the files and their folders.
    """
    return any("emnist" in name.casefold() for name in names) or is_emnist_letters(y)


def class_names(names: Iterable[str], y: Labels, mapping: dict[int, str]) -> dict[int, str]:
    """Return the name of each label that occurs in y.

    names : of the files and their folders. mapping : what a mapping file says.
    """
    labels = [int(label) for label in np.unique(y)]
    listed = [name.casefold() for name in names]
    known: dict[int, str] = {}
    if set(labels) <= set(mapping):
        known = mapping
    elif is_emnist_letters(y) or any(map(OF_LETTERS.search, listed)):
        known = dict(enumerate(LETTERS, start=1))
    elif of_emnist := [words for part, words in OF_EMNIST if any(map(part.search, listed))]:
        known = dict(enumerate(of_emnist[0]))
    elif len(labels) == 10:
        for pattern, words in NAMED:
            if any(pattern.search(name) for name in listed):
                known = dict(enumerate(words))
                break
        else:
            if tuple(y[: len(FASHION_START)].tolist()) == FASHION_START:
                known = dict(enumerate(FASHION))
    return {label: known.get(label, str(label)) for label in labels}


def read_mapping(path: Path) -> dict[int, str]:
    """Return the names of labels in a file of EMNIST: a label and character codes per line.

    Raises DataError where a line is something else.
    """
    text = contents(path, tr("a mapping of labels"), MAPPING_BYTES).decode("ascii", "replace")
    found: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        try:
            label, code = int(words[0]), int(words[1])
            name = chr(code)
        except (ValueError, IndexError, OverflowError):
            name, label = "", -1
        if not name.isprintable() or name.isspace() or label < 0:
            raise DataError(
                tr(
                    "{name}, line {number}: found “{line}”; a label and the code of its "
                    "character were expected, as in “1 65”. Correct it, or move the file away.",
                    name=path.name,
                    number=number,
                    line=line[:40],
                )
            )
        found[label] = name
    if len(set(found.values())) < len(found):
        raise DataError(
            tr(
                "{name} gives two labels one name. Correct it, or move the file away.",
                name=path.name,
            )
        )
    return found


def compact(y: Labels, known: dict[int, str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return classes (n,) counted from 0 without those that do not occur, and their names."""
    labels = np.array(sorted(known), dtype=np.int64)
    return np.searchsorted(labels, y).astype(np.int64), tuple(known[int(k)] for k in labels)
