#!/usr/bin/env python3
"""Print what a screen reader gets of the running program: roles, names, descriptions, in order.

    QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 python3 run.py & python3 packaging/read_aloud.py

It asks by AT-SPI, as Orca does, so it needs Debian's gir1.2-atspi-2.0 and python3-gi, and a session
with a bus (`dbus-run-session`). Exit code 1: something that takes the focus has no name.
"""

from __future__ import annotations

import sys
from typing import Any

NAME = "Logit Lab"
LONGEST = 100  # characters of a description
MOST_PARTS = 12  # of a list or a table
MANY = ("list", "table")


def main() -> int:
    import gi  # type: ignore[import-not-found] # of the system's Python

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi  # type: ignore[import-not-found]

    Atspi.init()
    desktop = Atspi.get_desktop(0)
    programs = [desktop.get_child_at_index(i) for i in range(desktop.get_child_count())]
    found = [program for program in programs if program and program.get_name() == NAME]
    if not found:
        print(f"{NAME} does not run, or not with QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1.")
        return 2
    nameless = read(found[0], 0)
    print(f"{len(nameless)} take the focus and have no name", *nameless, sep="\n")
    return 1 if nameless else 0


def read(about: Any, depth: int) -> list[str]:
    """Print an object and its parts in sight; return those that take the focus without a name."""
    states = {state.value_nick for state in about.get_state_set().get_states()}
    if depth > 1 and "showing" not in states:
        return []
    role, name = about.get_role_name(), about.get_name()
    told = (about.get_description() or "").replace("\n", " ")[:LONGEST]
    marks = sorted(states & {"focusable", "focused", "checked", "selected", "expandable"})
    line = f"{role} “{name}” “{told}” {' '.join(marks)}"
    print("  " * depth + line)
    nameless = [line] if "focusable" in states and not name else []
    count = about.get_child_count()
    for i in range(min(count, MOST_PARTS) if role in MANY else count):
        part = about.get_child_at_index(i)
        if part is not None:
            nameless += read(part, depth + 1)
    return nameless


if __name__ == "__main__":
    sys.exit(main())
