"""Command-line parser with one-line error messages that suggest the intended option."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from core import VERSION

USAGE = 2
COMMANDS = ("train", "predict", "export", "sweep", "lesson", "practice")
MEANT = {  # names that other programs use
    "--alpha": "--learning-rate",
    "--lr": "--learning-rate",
    "--decay": "--weight-decay",
    "--l2": "--weight-decay",
    "--lambda": "--weight-decay",
    "--output": "--save",
    "--target": "--label",
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line on stderr and exit code 2.

    Options cannot be abbreviated. The word after an option that takes a value is its value, even
    "-1e-3" or "-x", unless it begins with two dashes.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)
        self.add_argument("--version", action="version", version=f"Logit Lab {VERSION}")

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        options, surplus = self.parse_known_args(self._joined(args), namespace)
        if surplus:
            self.error(describe_misplaced(surplus[0]) or f"“{surplus[0]}” is one word too many")
        return options

    def _joined(self, words: Sequence[str]) -> list[str]:
        """Return the words with each value joined to its option; exit for an unknown option."""
        joined: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                return [*joined, word, *rest]
            name, is_joined, value = word.partition("=")
            if not _is_option(word):
                joined.append(word)
                continue
            action = self._option_string_actions.get(name)
            if action is None:
                self.error(f"there is no option {name}{self._suggestion(name)}")
            if action.nargs is None and not is_joined:  # it takes one value
                value = next(rest, "--")
                if value.startswith("--"):
                    self.error(f"{name} needs a value")
                word = f"{name}={value}"
            if action.nargs is None and not value.strip():
                self.error(f"the value of {name} is empty")
            joined.append(word)
        return joined

    def _suggestion(self, name: str) -> str:
        """Return a hint at the option that an unknown name may mean, or ""."""
        from difflib import get_close_matches

        known = [option for option in self._option_string_actions if option.startswith("--")]
        meant = MEANT.get(name)
        if meant not in known:
            stem = name.lower().replace("_", "-")
            begun = [option for option in known if len(stem) > 3 and option.startswith(stem)]
            meant = next(iter(begun or get_close_matches(stem, known, 1)), None)
        return f"; perhaps {meant} is meant" if meant else ""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}. See --help.\n")


def _is_option(word: str) -> bool:
    """Return whether the word begins with a dash and is neither - nor a number."""
    if not word.startswith("-") or word == "-":
        return False
    try:
        float(word)
    except ValueError:
        return True
    return False


def describe_misplaced(word: str) -> str:
    """Return a message if the word is a command, which must come first, else ""."""
    return f"“{word}” has to be the first word" if word in COMMANDS else ""
