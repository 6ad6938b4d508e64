"""Where the window opens: what the person chose, else the display there is, else out of sight.

Qt aborts the process where none of the platforms that it is offered can be used, and some of them
abort it by themselves. So it is always offered one that works, and those are tried out before.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

VARIABLE = "QT_QPA_PLATFORM"
UNSEEN = "offscreen"
# Qt goes on to the next one where these cannot be used; others may abort, or have no screen.
WILLING = ("xcb", "wayland", UNSEEN, "minimal", "vnc")
TRIAL = """
from PySide6.QtGui import QGuiApplication
raise SystemExit(not QGuiApplication([]).screens())
"""
TRIAL_SECONDS = 30


def open_on_display(make: Callable[[], QApplication]) -> tuple[QApplication, str]:
    """Return the application that `make` makes, and why it is not where it was wanted, or "".

    Where no window can be seen, and nobody wanted that, its platform is UNSEEN.
    """
    if sys.platform in ("win32", "darwin"):
        return make(), ""
    chosen = [part for part in os.environ.get(VARIABLE, "").split(";") if part]
    found = [
        platform
        for variable, platform in (("WAYLAND_DISPLAY", "wayland"), ("DISPLAY", "xcb"))
        if os.environ.get(variable)
    ]
    usable = [part for part in chosen if _name(part).startswith(WILLING) or _works(part)]
    os.environ[VARIABLE] = ";".join([*usable, *found, UNSEEN])
    before = qInstallMessageHandler(_swallow)  # what Qt says of those that it leaves out
    try:
        application = make()
    finally:
        qInstallMessageHandler(before)
    platform = application.platformName()
    if platform in map(_name, chosen or found):
        return application, ""
    if chosen:
        return application, f"{VARIABLE}={';'.join(chosen)} cannot be used here"
    if not found:
        return application, "There is no display"
    return application, _why_not(found)


def _name(part: str) -> str:
    """Return the platform's name without what is to be told it, as in “xcb:…”."""
    return part.partition(":")[0]


def _works(part: str) -> bool:
    """Try the platform out, in a process of its own."""
    try:
        trial = subprocess.run(
            [sys.executable, "-c", TRIAL],
            env={**os.environ, VARIABLE: part},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TRIAL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return trial.returncode == 0


def _why_not(found: list[str]) -> str:
    """Say why none of these platforms took the window: no library, or no answer."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    variables = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    for platform in found:
        try:
            ctypes.CDLL(str(folder / f"libq{platform}.so"))
        except OSError as error:
            return f"Qt cannot open a window here ({error})"
    names = " and ".join(f"{variables[p]}={os.environ[variables[p]]}" for p in found)
    return f"{names} {'does' if len(found) == 1 else 'do'} not answer"


def _swallow(kind: QtMsgType, _: object, words: str) -> None:
    """Let only what ends the process be said; Qt ends it after that."""
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
