"""The progress bar of a training in the terminal."""

import io
import math

import numpy as np
import pytest

from core.cli import progress
from core.train.snapshot import Metrics


class Terminal(io.StringIO):
    def isatty(self):
        return True


def metrics(test_accuracy=0.9):
    return Metrics(5, 5, 0.25, 0.3, 0.95, test_accuracy, np.eye(2, dtype=np.int64))


@pytest.fixture
def eager(monkeypatch):
    monkeypatch.setattr(progress, "BAR_SECONDS", 0.0)


@pytest.mark.usefixtures("eager")
def test_on_a_terminal_the_bar_fills_in_one_line():
    terminal = Terminal()
    bar = progress.Progress(10, terminal)
    bar.show(5, 50, metrics())
    bar.show(10, 100, metrics())
    half, full = terminal.getvalue().split("\r")[1:]
    assert half.count("█") == half.count("░") == progress.BAR_WIDTH // 2
    assert full.count("█") == progress.BAR_WIDTH
    assert "epoch 5/10  step 50  loss 0.2500  test  90.0%" in half and "s left" in half
    bar.close()
    assert terminal.getvalue().endswith("\r\x1b[K") and "\n" not in terminal.getvalue()


@pytest.mark.usefixtures("eager")
def test_elsewhere_there_is_a_line_at_every_tenth():
    file = io.StringIO()
    bar = progress.Progress(100, file)
    for epoch in range(101):
        bar.show(epoch, epoch, metrics())
    bar.close()
    lines = file.getvalue().splitlines()
    assert [line.split("  ")[0] for line in lines] == [f"epoch {k}/100" for k in range(10, 101, 10)]


@pytest.mark.usefixtures("eager")
def test_the_bar_says_when_there_is_no_test_set():
    terminal = Terminal()
    progress.Progress(10, terminal).show(1, 1, metrics(test_accuracy=math.nan))
    assert "nan" not in terminal.getvalue() and "–" in terminal.getvalue()
