#!/usr/bin/env python3
"""Try a bundle as a person would who has no Python: an empty home, and no program on the path.

    python3 packaging/try_bundle.py FOLDER

It trains, opens a table, keeps a project and goes on with it, reads a drawn digit, and takes
pictures of the window. It says what failed, and ends with 1 then.
"""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

SECONDS = 300  # that one command may take
START_SECONDS = 30  # that is enough to get from the icon to moving pictures, many times over
TABLE = "width,length,kind\n" + "".join(
    f"{k % 7},{k % 5 + 4 * (k % 2)},{'long' if k % 2 else 'short'}\n" for k in range(60)
)
SIDE = 160


class BundleError(Exception):
    """The bundle does not do what it should; the message says what."""


class Bundle:
    """Runs the program of the bundle in an empty home."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.program = folder / ("logitlab.exe" if os.name == "nt" else "logitlab")
        self.home = home
        kept = {k: v for k, v in os.environ.items() if k in ("DISPLAY", "SYSTEMROOT", "TEMP")}
        self.environment = {**kept, "HOME": str(home), "LANG": "C.UTF-8", "PATH": ""}

    def run(self, *words: str, platform: str = "offscreen") -> str:
        """Return what the program prints; raise BundleError unless it ends with 0."""
        done = subprocess.run(
            [str(self.program), *words],
            cwd=self.home,
            env={**self.environment, "QT_QPA_PLATFORM": platform},
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        said = done.stdout + done.stderr
        if done.returncode or "Traceback" in said:
            raise BundleError(f"“{' '.join(words)}” ended with {done.returncode}:\n{said[-2000:]}")
        return said

    def file(self, name: str) -> Path:
        return self.home / name


def trains(bundle: Bundle) -> str:
    said = bundle.run("train", "--epochs", "200", "--save", "iris.safetensors")
    expect(bundle.file("iris.safetensors"), b"")
    return said.strip().splitlines()[-1]


def trains_on_texts(bundle: Bundle) -> str:
    return bundle.run("train", "genres", "--epochs", "3").strip().splitlines()[-1]


def opens_a_table_and_keeps_a_project(bundle: Bundle) -> str:
    bundle.file("table.csv").write_text(TABLE, encoding="utf-8")
    bundle.run("train", "table.csv", "--epochs", "5", "--project", "table.logitlab")
    expect(bundle.file("table.logitlab"), b"PK")
    bundle.run("train", "--resume", "table.logitlab", "--epochs", "10")
    return bundle.run("export", "table.logitlab", "--as", "script", "table.py").strip()


def reads_a_drawn_digit(bundle: Bundle) -> str:
    bundle.run("train", "digits", "--epochs", "20", "--save", "digits.safetensors")
    write_png(bundle.file("zero.png"))
    said = bundle.run("predict", "--model", "digits.safetensors", "--image", "zero.png").strip()
    if not said.splitlines()[0].startswith("0"):
        raise BundleError(f"a drawn 0 was read as: {said}")
    return said.splitlines()[0]


def checks_lessons(bundle: Bundle) -> str:
    bundle.run("practice", "--seed", "7", "--count", "3", "--solutions")
    return "practice sheet printed"


def shows_the_window(bundle: Bundle) -> str:
    platform = "xcb" if os.environ.get("DISPLAY") else "offscreen"
    seconds = 0.0
    for view in ("Boundary", "Weights", "Draw"):
        words = ["digits"] if view == "Draw" else []
        picture = f"{view}.png"
        began = time.monotonic()
        bundle.run(
            *words, "--epochs", "20", "--view", view, "--screenshot", picture, platform=platform
        )
        seconds = time.monotonic() - began
        expect(bundle.file(picture), b"\x89PNG")
        if seconds > START_SECONDS:
            raise BundleError(f"a picture of {view} took {seconds:.0f} s")
    return f"three views on {platform}, the last in {seconds:.1f} s"


def speaks_in_its_own_dialogs(bundle: Bundle) -> str:
    """Qt's texts are there, as of choosing a file, in each language of the window."""
    texts = bundle.program.parent
    codes = sorted(each.name for each in texts.glob("**/assets/languages/*") if each.is_dir())
    there = {each.stem.removeprefix("qtbase_") for each in texts.rglob("qtbase_*.qm")}
    if not codes or set(codes) - there:
        raise BundleError(f"Qt's texts are missing in: {', '.join(codes) or 'all languages'}")
    return ", ".join(codes)


TRIALS = (
    trains,
    trains_on_texts,
    opens_a_table_and_keeps_a_project,
    reads_a_drawn_digit,
    checks_lessons,
    speaks_in_its_own_dialogs,
    shows_the_window,
)


def expect(path: Path, begin: bytes) -> None:
    """Raise BundleError unless there is such a file that is not empty."""
    if not path.exists() or not path.stat().st_size or not path.read_bytes().startswith(begin):
        raise BundleError(f"{path.name} was not written as it should be")


def write_png(path: Path) -> None:
    """Write a picture of a 0: a ring, dark on light."""
    rows = [
        [
            0 if 40 < math.hypot(i - SIDE / 2, 1.4 * (j - SIDE / 2)) < 60 else 255
            for j in range(SIDE)
        ]
        for i in range(SIDE)
    ]
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
    )


def main(words: list[str]) -> int:
    folder = Path(words[0]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as home:
        bundle = Bundle(folder, Path(home))
        for trial in TRIALS:
            what = trial.__name__.replace("_", " ")
            try:
                print(f"ok    {what}: {trial(bundle)}", flush=True)
            except (BundleError, OSError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAILS {what}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
