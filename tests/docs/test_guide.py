"""Every figure of the teacher's guide and of the hand-out is computed here."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from core.teach import headings
from core.train.snapshot import Status
from tests.core.teach.test_lessons import begun, normal_equations, until

DOCS = Path(__file__).parents[2] / "docs"
DECIMAL = re.compile(r"(?<![\d.])\d+\.\d+")


def of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def figures(text: str) -> set[str]:
    """Return the decimal numbers of a text."""
    return set(DECIMAL.findall(text))


def share(key: str) -> float:
    """Return which share of the training rows a lesson gets right in the end, in percent."""
    return 100 * float(until(begun(key)).train_accuracy)


def settled_at(rate: float) -> Status | None:
    trainer = begun("too-fast")
    trainer.set_hyperparameters(learning_rate=rate)
    until(trainer)
    return trainer.outcome


def written(values: dict[str, float]) -> set[str]:
    """Return the figures as they are written, each of which must be its value, rounded."""
    for words, value in values.items():
        digits = len(words.partition(".")[2])
        assert round(abs(value), digits) == pytest.approx(float(words)), words
    return set(values)


def test_the_figures_of_the_guide_are_what_the_program_shows() -> None:
    text, iris, fast = of("teachers-guide.md"), begun("iris"), begun("too-fast")
    a = special.softmax([2.0, 1.0, 0.0])
    degree = begun("xor-degree")
    right = 100 * float(until(degree).train_accuracy)
    gap = np.sort(np.abs(np.diff(degree.params().W, axis=0)[0]))
    ln3 = float(iris.metrics.train_loss)
    end = until(iris)
    first = [float(fast.metrics.train_loss), float(until(fast, 1).train_loss)]
    hessian = 2 * normal_equations(fast)[0] / len(fast.task.train_rows)
    known = {
        "0.693": float(begun("toy").metrics.train_loss),
        "1.099": ln3,
        "0.49": float(end.train_loss),
        "86.67": 100 * float(end.train_accuracy),
        "0.665": a[0],
        "0.245": a[1],
        "0.090": a[2],
        "0.755": a[1] - 1,
        "1.408": -np.log(a[1]),
        "0.50": first[0],
        "0.34": first[1],
        "0.639": 2 / np.linalg.eigvalsh(hessian).max(),
        "7.0": gap[-1],
        "98.5": share("xor-hidden"),
    }
    rates = {"0.68", "0.62", "0.66"}
    assert figures(text) == written(known) | rates | {"0.3"}
    assert gap[-2] < 0.3 and round(right) == 97 and "97 % are right" in text
    assert round(share("adaline-far")) == 89 and share("logistic-far") == 100
    assert round(120 * float(end.train_accuracy)) == 104 and "104 of 120" in text
    assert settled_at(0.62) is not Status.DIVERGED
    assert settled_at(0.66) is settled_at(0.68) is Status.DIVERGED


def test_the_lessons_of_the_guide_are_there_by_their_numbers() -> None:
    titles = [heading.title for heading in headings.bundled()]
    row = r"^\| (\d+) \| ([\d, ]+) · ([^|]+) \|"
    rows = re.findall(row, of("teachers-guide.md"), re.MULTILINE)
    assert len(rows) == 9
    minutes = [int(minute) for minute, *_ in rows]
    assert minutes == sorted(minutes) and minutes[-1] < 45
    named = [int(k) for _, numbers, _ in rows for k in numbers.split(",")]
    assert named == list(range(1, 16))
    for _, numbers, title in rows:
        if "," not in numbers:
            assert titles[int(numbers) - 1] == title


def test_the_figures_of_the_hand_out_are_right() -> None:
    x, w, b, y, rate = np.array([2.0, -1.0]), np.array([0.5, 1.0]), -0.5, 1, 1.0
    z = w @ x + b
    a = special.expit(z)
    new_w, new_b = w - rate * (a - y) * x, b - rate * (a - y)
    known = {
        "0.693": np.log(2),
        "1.099": np.log(3),
        "2.303": np.log(10),
        "0.5": z,
        "0.378": a,
        "0.974": -np.log(a),
        "0.622": a - y,
        "1.745": new_w[0],
        "0.122": new_b,
        "3.235": new_w @ x + new_b,
    }
    assert new_w[1] == pytest.approx(0.378, abs=5e-4)
    assert figures(of("hand-out.md")) == written(known)
