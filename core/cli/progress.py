"""Progress bars of the terminal, on stderr."""

from __future__ import annotations

import math
import time
from typing import TextIO

from core.train.snapshot import Metrics

BAR_WIDTH = 24
BAR_SECONDS = 0.1


class Progress:
    """A progress bar on a terminal; elsewhere one line per tenth of the epochs."""

    def __init__(self, epochs: int, stream: TextIO) -> None:
        self._epochs = epochs
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._next_time = 0.0
        self._tenths = 0
        self._started = time.perf_counter()

    def show(self, epoch: int, step: int, metrics: Metrics) -> None:
        now = time.perf_counter()
        if now < self._next_time:
            return
        self._next_time = now + BAR_SECONDS
        share = min(epoch / self._epochs, 1.0)
        tenths = int(10 * share)
        sign = "≈" if metrics.sampled else ""
        text = (
            f"epoch {epoch:,}/{self._epochs:,}  step {step:,}  "
            f"loss {sign}{metrics.train_loss:.4f}  test {metrics.test_accuracy:6.1%}"
        ).replace("nan%", "  –   ")
        if self._is_terminal:
            left = (now - self._started) * (1 - share) / share if share else math.inf
            remaining = f"  {left:,.0f} s left" if math.isfinite(left) else ""
            line = f"\r{_bar(share)} {text}{remaining}\x1b[K"
            print(line, end="", file=self._stream, flush=True)
        elif tenths > self._tenths:
            self._tenths = tenths
            print(text, file=self._stream, flush=True)

    def show_message(self, message: str) -> None:
        """Show a status message in place of the bar, on a terminal only."""
        if self._is_terminal:
            print(f"\r{message}\x1b[K", end="", file=self._stream, flush=True)

    def close(self) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", file=self._stream, flush=True)


class ShareProgress:
    """A progress bar for a share on a terminal; elsewhere a line at the start and each tenth."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._tenths = -1

    def show(self, share: float, text: str) -> None:
        tenths = int(10 * share)
        if self._is_terminal:
            line = f"\r{_bar(share)} {text}\x1b[K"
            print(line, end="", file=self._stream, flush=True)
        elif tenths > self._tenths:
            self._tenths = tenths
            print(text, file=self._stream, flush=True)

    def close(self) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", file=self._stream, flush=True)


def _bar(share: float) -> str:
    filled = int(BAR_WIDTH * share)
    return "█" * filled + "░" * (BAR_WIDTH - filled)
