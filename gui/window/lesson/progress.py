"""How far each lesson has been followed, kept between starts."""

from __future__ import annotations

from gui.window.settings import Settings

NAME = "lessons"  # setting: a line a lesson, of its key, its step from 0, and whether it is done
MOST = 500  # lessons
MOST_DIGITS = 3


class Progress:
    """The step at which each lesson was left, and which lessons were seen to their end.

    What is kept is not trusted: lines that are none are left out.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._steps: dict[str, int] = {}
        self.done: set[str] = set()
        for line in settings.text(NAME).split("\n")[:MOST]:
            key, *rest = line.split("\t")
            if key and len(rest) == 2 and rest[0].isascii() and rest[0].isdigit():
                self._steps[key] = int(rest[0][:MOST_DIGITS])
                if rest[1] == "1":
                    self.done.add(key)

    def step(self, key: str) -> int:
        """Return the step to go on with: the first one of a lesson that is new or done."""
        return 0 if key in self.done else self._steps.get(key, 0)

    def note(self, key: str, step: int, *, is_done: bool) -> None:
        """Keep that this step of a lesson is shown; is_done : the lesson was seen to its end."""
        if self._steps.get(key) == step and (key in self.done or not is_done):
            return
        self._steps.pop(key, None)
        self._steps[key] = step  # the newest last
        if is_done:
            self.done.add(key)
        newest = list(self._steps.items())[-MOST:]
        lines = (f"{key}\t{step}\t{int(key in self.done)}" for key, step in newest)
        self._settings.set(NAME, "\n".join(lines))
