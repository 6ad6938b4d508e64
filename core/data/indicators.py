"""Indicators: features that are 1 where a column of words holds a certain word, and 0 elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.invisible_characters import visible
from core.language import tr
from core.name_lookup import plain
from core.number_format import format_fixed

YES, NO = ("1", "1.0", "true", "yes", "y", "t"), ("0", "0.0", "false", "no", "n", "f")


class Indicator(NamedTuple):
    """A feature of a column of words.

    other : what 0 stands for: the other one of two words, or "" if there are more.
    """

    column: str
    word: str
    other: str = ""

    @property
    def name(self) -> str:
        return f"{self.column} = {self.word}"

    @property
    def opposite(self) -> str:
        """What 0 stands for, in words."""
        return self.other or f"not {self.word}"

    def describe(self, value: float) -> str:
        """Return a value of the feature in words, as in “Sex male” or “Sex 0.4 of male”."""
        if value in (0, 1):
            other = self.other or tr("not {name}", name=self.word)
            return f"{self.column} {self.word if value else other}"
        share = format_fixed(value, 2)
        return tr("{column} {share} of {word}", column=self.column, share=share, word=self.word)


class Asked(NamedTuple):
    """What a model wants to know of an example: a column of its data.

    indices : of its features. words : that the column may hold, () for a number.
    """

    name: str
    indices: tuple[int, ...]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({' or '.join(self.words)})" if self.words else self.name

    def encode(self, cell: str) -> list[float] | None:
        """Return the features for a word of the column, None if it is not known.

        A single indicator also takes 0 and 1, yes and no, true and false.
        """
        word = cell.strip()
        known = [visible(name) for name in self.words]
        if word in known:
            found = known.index(word)
        elif plain(word) in (spellings := [plain(name) for name in known]):
            found = spellings.index(plain(word))
        elif len(self.indices) == 1 and word.casefold() in (*YES, *NO):
            found = 1 if word.casefold() in YES else 0
        else:
            return None
        if len(self.indices) == 1:
            return [float(found == 1)]
        return [float(k == found) for k in range(len(self.indices))]


def asked_of(names: Sequence[str], indicators: Sequence[Indicator | None]) -> tuple[Asked, ...]:
    """Return the columns behind these features, in their order."""
    asked: dict[str, list[int]] = {}
    for j, (name, indicator) in enumerate(zip(names, indicators, strict=True)):
        asked.setdefault(indicator.column if indicator else name, []).append(j)
    return tuple(_asked(name, indices, indicators) for name, indices in asked.items())


def _asked(name: str, indices: list[int], indicators: Sequence[Indicator | None]) -> Asked:
    own = [indicator for j in indices if (indicator := indicators[j]) is not None]
    if not own:
        return Asked(name, tuple(indices), ())
    if len(own) == 1:
        return Asked(name, tuple(indices), (own[0].opposite, own[0].word))
    return Asked(name, tuple(indices), tuple(indicator.word for indicator in own))
