"""Which of several processes this one is: only the first of them speaks."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from core.cli import terminal


@dataclass(frozen=True)
class Place:
    """Which of the processes this one is.

    rank : its number, from 0. size : how many there are. local : its number on this machine.
    restarts : how often torchrun has started all of them again.
    """

    rank: int = 0
    size: int = 1
    local: int = 0
    restarts: int = 0

    @classmethod
    def here(cls) -> Place:
        """Return what torchrun has left in the environment; alone where it has left nothing."""
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "TORCHELASTIC_RESTART_COUNT")
        if "MASTER_ADDR" not in os.environ:
            return cls()
        values = [os.environ.get(name, "") for name in names]
        return cls(*(int(value) if value.isdecimal() else 0 for value in values))


def run(command: Callable[[], int]) -> int:
    """Run a command as `core.cli.terminal.run` does, in silence unless this process leads."""
    place = Place.here()
    if place.size > 1:  # what PyTorch, yet to be imported, warns of is said in a sentence
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "FATAL")
    return terminal.run(command, is_silent=place.rank > 0)
