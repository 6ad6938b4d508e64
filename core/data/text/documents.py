"""Documents: texts, and the words of each as numbers of one list of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.data.text.words import words_of
from core.errors import Cancelled

_HALF = re.compile("[\ud800-\udfff]")
POLLED = 256  # documents between two looks at whether to go on

Rows = NDArray[np.int64] | NDArray[np.bool_] | slice


@dataclass(frozen=True, eq=False)
class WordLists:
    """The words of n documents.

    words : the different ones. numbers : (all,) of all words of all documents, one after the other,
    as indices into `words`. starts : (n + 1,) where each document's begin.
    """

    words: tuple[str, ...]
    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) number of words of each document."""
        return np.diff(self.starts)

    def __getitem__(self, rows: Rows) -> WordLists:
        """Return those of some documents; `words` stays the same."""
        lengths, first = self.lengths[rows], self.starts[:-1][rows]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        at = np.arange(starts[-1]) + np.repeat(first - starts[:-1], lengths)
        return WordLists(self.words, self.numbers[at], starts)

    def before(self, others: WordLists) -> WordLists:
        """Return the words of these documents followed by those of the others."""
        index = {word: i for i, word in enumerate(others.words)}
        own = [index.setdefault(word, len(index)) for word in self.words]
        numbers = np.array(own, dtype=np.int32)[self.numbers]
        return WordLists(
            tuple(index),
            np.concatenate([numbers, others.numbers]),
            np.concatenate([self.starts, self.starts[-1] + others.starts[1:]]),
        )


@dataclass(frozen=True, eq=False)
class Documents:
    """Texts of n examples; any sequence of characters that is not read as more than text.

    Half a character, as some programs paste it, becomes the replacement character: no file holds
    one.
    """

    texts: tuple[str, ...]
    _lists: dict[bool, WordLists] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(map(_HALF.search, self.texts)):
            object.__setattr__(
                self, "texts", tuple(_HALF.sub("\ufffd", text) for text in self.texts)
            )

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, rows: Rows) -> Documents:
        """Return the documents in these rows, with their words where these are known."""
        numbers = np.arange(len(self.texts))[rows]
        lists = {keep_case: lists[rows] for keep_case, lists in self._lists.items()}
        return Documents(tuple(self.texts[i] for i in numbers), lists)

    def before(self, others: Documents) -> Documents:
        """Return these documents followed by the others, whose words need not be found again."""
        lists = {
            keep_case: self.word_lists(keep_case=keep_case).before(theirs)
            for keep_case, theirs in others._lists.items()
        }
        return Documents(self.texts + others.texts, lists)

    def word_lists(
        self, *, keep_case: bool = False, is_cancelled: Callable[[], bool] = lambda: False
    ) -> WordLists:
        """Return the words of all documents, which are found once and kept.

        is_cancelled : polled on the way; Cancelled is raised when it returns true.
        """
        if keep_case not in self._lists:
            self._lists[keep_case] = _lists_of(self.texts, keep_case, is_cancelled)
        return self._lists[keep_case]


def no_features(n: int) -> NDArray[np.float32]:
    """Return the X of n documents before they are made ready to train on, (n, 0)."""
    return np.empty((n, 0), dtype=np.float32)


def _lists_of(texts: Sequence[str], keep_case: bool, is_cancelled: Callable[[], bool]) -> WordLists:
    index: dict[str, int] = {}
    parts: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    for i, text in enumerate(texts):
        if i % POLLED == 0 and is_cancelled():
            raise Cancelled
        numbers = [index.setdefault(w, len(index)) for w in words_of(text, keep_case=keep_case)]
        parts.append(np.array(numbers, dtype=np.int32))
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts[1:]])]).astype(np.int64)
    return WordLists(tuple(index), np.concatenate(parts), starts)
