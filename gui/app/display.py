"""Choice of Qt's platform plugin: the user's, else the available display, else off-screen.

Qt aborts the process if none of the offered platforms can be used, and some platforms abort it
themselves. So Qt is always offered one that works, and the risky ones are tried out beforehand.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from gui.app import imports  # noqa: F401, isort: skip  before all others: see there

from PySide6.QtCore import QLibraryInfo, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

VARIABLE = "QT_QPA_PLATFORM"
UNSEEN = "offscreen"
# If one of these cannot be used, Qt tries the next; others may abort or have no screen.
WILLING = ("xcb", "wayland", UNSEEN, "minimal", "vnc")
TRIAL = """
from PySide6.QtGui import QGuiApplication
raise SystemExit(not QGuiApplication([]).screens())
"""
TRIAL_SECONDS = 30


def open_on_display(make: Callable[[], QApplication]) -> tuple[QApplication, str]:
    """Return the application that `make` creates, and why it is not on the wanted display, or "".

    If no window can be shown and the user did not ask for that, its platform is UNSEEN.
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
    before = qInstallMessageHandler(_swallow)  # hides Qt's messages about skipped platforms
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
    """Return the platform's name without its options, as in “xcb:…”."""
    return part.partition(":")[0]


def _works(part: str) -> bool:
    """Return whether the platform opens a display, as tried in a separate process."""
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
    """Return why none of these platforms could be used: a missing library, or no answer."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    variables = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    for platform in found:
        try:
            ctypes.CDLL(str(folder / f"libq{platform}.so"))
        except OSError as error:
            return f"Qt cannot open a window here ({error})"
    names = " and ".join(f"{variables[p]}={os.environ[variables[p]]}" for p in found)
    return f"{names} {'does' if len(found) == 1 else 'do'} not answer"


def _swallow(kind: QtMsgType, _: object, text: str) -> None:
    """Print only fatal messages; Qt aborts the process after one."""
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
