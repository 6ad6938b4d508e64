"""Pictures of the program, taken by itself, in light and in dark colours; and the gallery."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path

from core.projects.setup_text import to_text
from core.teach import lesson_file
from core.teach.lesson import Lesson, Step
from documentation.marked import block, plain

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "docs" / "gallery.toml"
SIZE = "1280x800"
THEMES = ("light", "dark")
SECONDS = 300  # that a picture may take
FOLDER = "pictures"  # among the pages


@dataclass(frozen=True)
class Picture:
    """A picture of the window.

    words : the words of the command line that lead to it. told : what is seen, for who cannot.
    """

    words: str
    told: str


PICTURES = {
    "iris": Picture(
        "iris --model softmax --epochs 60 --learning-rate 0.3",
        "The window after training on Iris: three decision regions, the loss and the accuracy",
    ),
    "trace": Picture(
        "iris --epochs 5 --view trace",
        "One example followed through an update: input, logits, probabilities, loss, gradient",
    ),
    "network": Picture(
        "iris --epochs 20 --hidden 6 --activation tanh --view network",
        "The model as a network with six hidden units; lines have the colour of their sign",
    ),
    "surface": Picture(
        "iris --model binary --classes versicolor,virginica --epochs 40 --view surface",
        "The loss over two weights, with the way that training took",
    ),
    "evaluation": Picture(
        "iris --features sepal-length,sepal-width --epochs 60 --view evaluation",
        "The confusion matrix of the test rows, with precision, recall and F1",
    ),
    "data": Picture(
        "iris --epochs 20 --view data",
        "All rows of the data, sorted by their loss",
    ),
}


def shown(name: str) -> str:
    """Return a picture of this name in a page, in the colours of the reader's theme."""
    return _shown(name, PICTURES[name].told)


def _shown(name: str, told: str) -> str:
    return "\n\n".join(
        f"```{{image}} /{FOLDER}/{name}-{theme}.png\n"
        f":class: only-{theme}\n:width: 100%\n:alt: {told}\n```"
        for theme in THEMES
    )


def gallery() -> str:
    """Return the gallery: of each step of its lesson a picture and the text that sets it up."""
    parts = []
    for number, step in enumerate(lesson().steps, 1):
        text = setup_of(step)
        command = block(f"python3 run.py --setup {shlex.quote(text)}", "sh")
        told = f"{title_of(step)}, the view {step.view}"
        parts += [
            f"## {plain(title_of(step))}",
            step.text.split("\n", 1)[1].strip(),
            _shown(f"gallery-{number}", told),
            *([step.reveal] if step.reveal else []),
            f'<a href="{escape(text)}">Open it in Logit Lab</a>, or by a command:',
            command,
        ]
    return "\n\n".join(parts)


def lesson() -> Lesson:
    """Return the gallery as the lesson that it is."""
    return lesson_file.load(GALLERY)


def title_of(step: Step) -> str:
    return step.text.strip().split("\n", 1)[0].strip("* ")


def setup_of(step: Step) -> str:
    """Return a step's set-up as one line of text."""
    assert step.setup is not None, "each step of the gallery sets up a run"
    return to_text(step.setup.config, step.setup.points)


def commands() -> dict[str, list[str]]:
    """Return the words of the command line for each picture, without theme and file."""
    found = {name: shlex.split(each.words) for name, each in PICTURES.items()}
    for number, step in enumerate(lesson().steps, 1):
        found[f"gallery-{number}"] = ["--setup", setup_of(step), "--view", step.view.casefold()]
    return found


def take(folder: Path) -> None:
    """Take all pictures that are not there yet, several at a time.

    Raises CalledProcessError if one cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        folder / f"{name}-{theme}.png": [*words, "--theme", theme, "--size", SIZE]
        for name, words in commands().items()
        for theme in THEMES
    }
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(os.cpu_count()) as pool:
        kept = {f"LOGITLAB_{name}": f"{home}/{name}" for name in ("STATE", "CACHE", "LESSONS")}
        environment = {**os.environ, **kept, "QT_QPA_PLATFORM": "offscreen"}
        missing = [path for path in wanted if not path.exists()]
        list(pool.map(lambda path: _take(path, wanted[path], environment), missing))


def _take(path: Path, words: list[str], environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "app.py"), *words, "--screenshot", str(path)]
    subprocess.run(command, check=True, env=environment, timeout=SECONDS, stdout=subprocess.DEVNULL)
