"""The numbers of some formulae as they are read: in words, covered ones as a question mark."""

from __future__ import annotations

from collections.abc import Iterable

from core.number_format import format_cell
from gui.kit.maths.notation import Key, Line, Num, to_latex, to_text, walk

UNKNOWN, COVERED = "…", "?"
GIVEN = ("x", "own", "n", "y")  # names of numbers that are put in, not worked out


class LiveNumbers:
    """What stands for each number of some lines; the same key is one number in all places.

    covered : the keys whose numbers are hidden until they are revealed.
    """

    def __init__(self) -> None:
        self.covered: set[Key] = set()
        self._lines: tuple[Line, ...] = ()
        self._values: dict[Key, str] = {}

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        """Forget all values; what is covered and stands on these lines too stays covered."""
        self._lines, self._values = lines, {}
        self.covered &= {key for line in lines for key in _keys(line)}

    def set_value(self, key: Key, value: float | str) -> bool:
        """Take another value; return whether it reads other than the one before."""
        words = value if isinstance(value, str) else format_cell(value)
        is_other = self._values.get(key) != words
        self._values[key] = words
        return is_other

    def cover(self, keys: Iterable[Key], is_covered: bool) -> list[Key]:
        """Cover these numbers, or reveal them; return those for which that is new."""
        changed = [key for key in keys if (key in self.covered) is not is_covered]
        (self.covered.update if is_covered else self.covered.difference_update)(changed)
        return changed

    def say(self, key: Key) -> str:
        """Return the number as it reads now."""
        return COVERED if key in self.covered else self._values.get(key, UNKNOWN)

    def results(self) -> list[Key]:
        """Return the numbers that the lines lead to: the last of each, but for the input."""
        found = []
        for line in self._lines:
            inside = _keys(line)
            if inside and inside[-1][0] not in GIVEN:
                last = inside[-1][0]
                found += [key for key in inside if key[0] == last]
        return list(dict.fromkeys(found))

    def text(self) -> str:
        """Return all lines in plain characters."""
        return "\n".join(
            f"{line.title.text}: {to_text(line.node, self.say)}" for line in self._lines
        )

    def latex(self) -> str:
        """Return all lines as LaTeX."""
        rows = (
            rf"&\text{{{line.title.text}}} & & {to_latex(line.node, self.say)}"
            for line in self._lines
        )
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _keys(line: Line) -> list[Key]:
    return [node.key for node in walk(line.node) if isinstance(node, Num)]
