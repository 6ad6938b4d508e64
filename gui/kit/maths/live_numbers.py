"""The numbers of formulae as displayed: formatted, covered ones as a question mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.number_format import format_cell
from gui.kit.maths.notation import Key, Line, Num, to_latex, to_text, walk, whole

UNKNOWN, COVERED = "…", "?"
GIVEN = ("x", "own", "n", "y")  # names of numbers that are inputs, not results


class LiveNumbers:
    """The text of each number on some lines; a key is the same number wherever it appears.

    covered : the keys whose numbers are hidden until they are revealed.
    covers_new : whether the results on lines that come are covered.
    """

    def __init__(self) -> None:
        self.covered: set[Key] = set()
        self.covers_new = False
        self._lines: tuple[Line, ...] = ()
        self._values: dict[Key, str] = {}

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        """Set the lines and forget all values; covered numbers also on these lines stay covered."""
        self._lines, self._values = lines, {}
        self.covered &= {key for line in lines for key in _keys(line)}
        if self.covers_new:
            self.covered |= set(self.computed)

    def set_value(self, key: Key, value: float | str) -> bool:
        """Set a value; return whether its text differs from the previous one."""
        words = value if isinstance(value, str) else format_cell(value)
        is_other = self._values.get(key) != words
        self._values[key] = words
        return is_other

    def cover(self, keys: Iterable[Key], is_covered: bool) -> list[Key]:
        """Cover or reveal these numbers; return those that have changed."""
        changed = [key for key in keys if (key in self.covered) is not is_covered]
        (self.covered.update if is_covered else self.covered.difference_update)(changed)
        return changed

    @property
    def computed(self) -> list[Key]:
        """All numbers that are no inputs."""
        keys = (key for line in self._lines for key in _keys(line) if key[0] not in GIVEN)
        return list(dict.fromkeys(keys))

    def text_of(self, key: Key) -> str:
        """Return the text that is shown for the number now."""
        return COVERED if key in self.covered else self._values.get(key, UNKNOWN)

    def words_of(self, key: Key | None, meaning: Mapping[Key, str]) -> str:
        """Return what a number means, and the number; "" for None."""
        return "" if key is None else f"{meaning.get(key, '')}: {self.text_of(key)}"

    def results(self) -> list[Key]:
        """Return the results of the lines: those named like the last of each, without inputs."""
        found = []
        for line in self._lines:
            inside = _keys(line)
            if inside and inside[-1][0] not in GIVEN:
                last = inside[-1][0]
                found += [key for key in inside if key[0] == last]
        return list(dict.fromkeys(found))

    def text(self) -> str:
        """Return all lines as plain text."""
        return "\n".join(
            f"{to_text(line.title, self.text_of)}: {to_text(whole(line), self.text_of)}"
            for line in self._lines
        )

    def latex(self) -> str:
        """Return all lines as LaTeX."""
        rows = (
            rf"&\text{{{to_text(line.title, self.text_of)}}} & & "
            f"{to_latex(whole(line), self.text_of)}"
            for line in self._lines
        )
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _keys(line: Line) -> list[Key]:
    return [node.key for node in walk(whole(line)) if isinstance(node, Num)]
