"""The vocabulary of a bag of words: which words are features, and their numbers in a document.

With n training documents, of which df hold a word, and tf of it in document x, its feature is

    counts:    tf
    presence:  1 if tf > 0, else 0
    tfidf:     tf · idf / ‖x‖,  idf = ln((1 + n) / (1 + df)) + 1,

with ‖x‖ the length of the vector of all tf · idf of the document, as scikit-learn has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.config import BagOptions
from core.data.text.documents import Documents, WordLists
from core.data.text.words import STOP_WORDS, spans_of, words_of
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

JOINT = " "  # between the two words of a pair


class Found(NamedTuple):
    """A word of a text that is a feature: text[start:end], or the second word of a pair."""

    start: int
    end: int
    feature: int


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words that are features, fitted on the training documents.

    words : (m,) in alphabetical order; a pair of words is joined by a blank.
    document_counts : (m,) training documents that hold each word. n : training documents.
    """

    words: tuple[str, ...]
    document_counts: NDArray[np.int64]
    n: int
    options: BagOptions

    @classmethod
    def fit(cls, lists: WordLists, options: BagOptions) -> Vocabulary:
        """Return the vocabulary of these training documents.

        Raises DataError if no word is in enough of them.
        """
        terms = _terms(lists, options)
        keys, at, totals = np.unique(terms.keys, return_inverse=True, return_counts=True)
        pairs = np.unique(terms.rows * max(len(keys), 1) + at)
        counts = np.bincount(pairs % max(len(keys), 1), minlength=len(keys))
        kept = np.flatnonzero(counts >= options.min_documents)
        if not len(kept):
            raise DataError(
                tr(
                    "No word is in at least {min_documents} training documents; choose a smaller "
                    "number of documents, or other texts.",
                    min_documents=format_integer(options.min_documents),
                )
            )
        words = [_spoken(key, lists.words) for key in keys[kept].tolist()]
        order = sorted(range(len(kept)), key=lambda k: (-int(totals[kept[k]]), words[k]))
        chosen = sorted(order[: options.max_words], key=lambda k: words[k])
        return cls(
            words=tuple(words[k] for k in chosen),
            document_counts=counts[kept[chosen]],
            n=len(lists.lengths),
            options=options,
        )

    @classmethod
    def checked(
        cls, words: tuple[str, ...], counts: NDArray[np.int64], n: int, options: BagOptions
    ) -> Vocabulary:
        """Return the vocabulary that a file states; raise DataError where it cannot be one.

        words : (m,). counts : (m,) of documents that hold each, of n.
        """
        parts = 2 if options.bigrams else 1
        if not words or len(set(words)) < len(words) or list(words) != sorted(words):
            raise DataError(tr("its words are not in order, or one is there twice."))
        if any(not all(pair) or len(pair) > parts for pair in (w.split(JOINT) for w in words)):
            raise DataError(tr("one of its words is none."))
        if len(counts) != len(words) or counts.min() < 1 or counts.max() > n:
            raise DataError(tr("the number of documents that hold a word is not as it can be."))
        return cls(words, counts, n, options)

    @cached_property
    def idf(self) -> NDArray[np.float64]:
        """(m,) ln((1 + n) / (1 + df)) + 1 of each word."""
        return np.log((1 + self.n) / (1 + self.document_counts)) + 1

    @cached_property
    def index(self) -> dict[str, int]:
        """The feature of each word."""
        return {word: j for j, word in enumerate(self.words)}

    def features(self, documents: Documents) -> csr_array:
        """Return X of these documents, (n, m) float32, sparse; columns ascend in each row."""
        lists = documents.word_lists(keep_case=self.options.keep_case)
        terms = _terms(lists, self.options)
        keys, columns = self._keys(lists.words)
        at = np.minimum(np.searchsorted(keys, terms.keys), max(len(keys) - 1, 0))
        is_known = keys[at] == terms.keys if len(keys) else np.zeros(len(at), dtype=bool)
        n, m = len(lists.lengths), len(self.words)
        cells, tf = np.unique(terms.rows[is_known] * m + columns[at[is_known]], return_counts=True)
        rows, columns = np.divmod(cells, max(m, 1))
        index = np.int32 if len(tf) < 2**31 else np.int64  # SciPy widens both if one is wide
        starts = np.searchsorted(rows, np.arange(n + 1)).astype(index)
        return csr_array(
            (self._weights(tf, rows, columns, n), columns.astype(index), starts), shape=(n, m)
        )

    def values(self, features: NDArray[np.int64], tf: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the values (k,) in a document that holds these k features, each tf times."""
        return self._weights(tf, np.zeros(len(tf), dtype=np.int64), features, 1)

    def telling(self, x: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the words that are there in the features x (m,) of a document, sorted.

        Those come first that are frequent in it and rare elsewhere: by their numbers alone, words
        that are everywhere, such as “the”, would be the first.
        """
        there = np.flatnonzero(x)
        size = np.abs(x[there])
        if self.options.weighting != "tfidf":
            size = size * self.idf[there]
        order: NDArray[np.int64] = there[np.argsort(-size, kind="stable")]
        return order

    def found(self, text: str) -> list[Found]:
        """Return the words of a text that are features, and where they stand.

        A pair of words is found at its second word.
        """
        left_out: frozenset[str] = STOP_WORDS if self.options.stop_words else frozenset()
        words = words_of(text, keep_case=self.options.keep_case)
        found: list[Found] = []
        before = None
        for word, (start, end) in zip(words, spans_of(text), strict=True):
            if word.lower() in left_out:
                continue
            terms = [word]
            if self.options.bigrams and before is not None:
                terms.append(f"{before}{JOINT}{word}")
            found += [Found(start, end, self.index[term]) for term in terms if term in self.index]
            before = word
        return found

    def _weights(
        self, tf: NDArray[np.int64], rows: NDArray[np.int64], columns: NDArray[np.int64], n: int
    ) -> NDArray[np.float32]:
        if self.options.weighting == "presence":
            return np.ones(len(tf), dtype=np.float32)
        if self.options.weighting == "counts":
            return tf.astype(np.float32)
        values = tf * self.idf[columns]
        lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=n))
        return (values / lengths[rows]).astype(np.float32)

    def _keys(self, words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the keys of the vocabulary among these words, ascending, and their features."""
        number = {word: i for i, word in enumerate(words)}
        known = []
        for j, term in enumerate(self.words):
            parts = [number.get(word, -1) for word in term.split(JOINT)]
            if min(parts) >= 0:
                known.append((_key(parts, len(words)), j))
        table = np.array(sorted(known), dtype=np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1]


class _Terms(NamedTuple):
    """Words and pairs of words in documents: the row of each, and its key."""

    rows: NDArray[np.int64]
    keys: NDArray[np.int64]


def _terms(lists: WordLists, options: BagOptions) -> _Terms:
    rows = np.repeat(np.arange(len(lists.lengths)), lists.lengths)
    numbers = lists.numbers.astype(np.int64)
    if options.stop_words:
        is_kept = np.array([word.lower() not in STOP_WORDS for word in lists.words], dtype=bool)
        mask = is_kept[numbers] if len(numbers) else np.zeros(0, dtype=bool)
        rows, numbers = rows[mask], numbers[mask]
    if not options.bigrams:
        return _Terms(rows, numbers)
    is_pair = rows[1:] == rows[:-1]
    pairs = _key((numbers[:-1][is_pair], numbers[1:][is_pair]), len(lists.words))
    return _Terms(np.concatenate([rows, rows[1:][is_pair]]), np.concatenate([numbers, pairs]))


def _key(parts: Sequence[NDArray[np.int64]] | Sequence[int], size: int) -> NDArray[np.int64]:
    """Return the key of a word, its number; or of a pair, beyond those of words."""
    if len(parts) == 1:
        return np.asarray(parts[0], dtype=np.int64)
    first, second = parts
    return np.asarray((np.asarray(first, dtype=np.int64) + 1) * size + second, dtype=np.int64)


def _spoken(key: int, words: Sequence[str]) -> str:
    if key < len(words):
        return words[key]
    first, second = divmod(key, len(words))
    return f"{words[first - 1]}{JOINT}{words[second]}"
