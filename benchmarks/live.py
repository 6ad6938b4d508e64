"""Child processes that train, with the real window or without one, and their display."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from benchmarks.timing import Conditions, MeasurementError, Result
from core.config import DataConfig, RunConfig, TrainingConfig

ROOT = Path(__file__).parent.parent
ENDLESS = 10**9  # epochs
PATIENCE = 60  # seconds beyond its plan that a child may take to start, load and end
SCREEN = "1600x1000x24"
Asked = Literal["digit", "point", "question"]


@dataclass(frozen=True)
class Plan:
    """What a child process does with a run.

    do : `watch` trains for some seconds and measures; `save` saves the project again and again
        meanwhile; `soak` shows frames as fast as it can; `close` closes the window. Without a
        window, `train` trains at full speed and `record` records points. `join` is `watch` while
        phones of another process answer what is asked. `act` does what a user does, at rest.
    is_played : press Space once the data are loaded.
    is_probed : measure the delay of a 1 ms timer and the age of painted snapshots; both slow the
        training thread down.
    first_step : step from which `warm_up` counts. Measurements become rarer along a run, so two
        runs are only comparable from the same step on.
    warm_up, seconds : how long to wait, then to measure.
    warm_up_count, count : frames of a soak; `count` is also the number of points to record, and
        how often each action is done.
    close_at : event from which `seconds` count until the window is closed.
    path : where the project is saved.
    phones : how many join; asked : the kind of activity that they take part in.
    """

    do: Literal["watch", "join", "save", "soak", "close", "act", "train", "record"]
    config: RunConfig = field(default_factory=RunConfig)
    is_played: bool = True
    is_probed: bool = False
    first_step: int = 0
    warm_up: float = 2
    seconds: float = 5
    warm_up_count: int = 0
    count: int = 0
    close_at: Literal["painted", "ready", "training"] = "training"
    path: str = ""
    phones: int = 0
    asked: Asked = "question"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        values = json.loads(text)
        return cls(**values | {"config": RunConfig.from_dict(values["config"])})


@dataclass(frozen=True)
class Ended:
    """The values that a child printed, by name, and the end of its process (`time.monotonic`)."""

    found: dict[str, Any]
    at: float


def iris() -> RunConfig:
    """Return a full-batch run on Iris that does not end by itself."""
    return RunConfig(training=TrainingConfig(batch_size=None, epochs=ENDLESS))


def mnist(data: DataConfig, batch_size: int | None = 256) -> RunConfig:
    """Return a run on MNIST that does not end by itself."""
    return RunConfig(data, training=TrainingConfig(batch_size=batch_size, epochs=ENDLESS))


def with_window(plan: Plan, conditions: Conditions) -> Ended:
    """Execute the plan in a new process with the real window."""
    return _run("benchmarks.children.window", plan, conditions)


def with_actions(plan: Plan, conditions: Conditions) -> Ended:
    """As `with_window`, for a plan to act as a user does."""
    return _run("benchmarks.children.actions", plan, conditions)


def without_window(plan: Plan, conditions: Conditions) -> Ended:
    """Execute the plan in a new process without a window."""
    return _run("benchmarks.children.headless", plan, conditions)


def race_headless(config: RunConfig, first_step: int, conditions: Conditions) -> Result:
    """Return steps per second with and without the window, medians of alternating runs."""
    plan = Plan("watch", config, first_step=first_step, warm_up=1, seconds=conditions.choose(6, 2))
    live, headless = [], []
    for _ in range(conditions.choose(5, 1)):
        without = without_window(replace(plan, do="train"), conditions)
        headless.append(without.found["steps_per_second"])
        live.append(with_window(plan, conditions).found["steps_per_second"])
    return Result(statistics.median(live), statistics.median(headless), "steps/s")


def _run(module: str, plan: Plan, conditions: Conditions) -> Ended:
    """Run a module on the plan; raise MeasurementError if it fails, hangs or prints nothing."""
    command = [sys.executable, "-m", module, plan.to_json()]
    limit = PATIENCE + 2 * (plan.warm_up + plan.seconds) + 0.1 * (plan.warm_up_count + plan.count)
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(conditions.environment),
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired as error:
        raise MeasurementError(f"{module} {plan.do} had not ended after {limit:.0f} s") from error
    ended_at = time.monotonic()
    lines = done.stdout.splitlines()
    if done.returncode or not lines or "Traceback" in done.stderr:
        words = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise MeasurementError(f"{module} {plan.do} ended with {done.returncode}: {words}")
    return Ended(json.loads(lines[-1]), ended_at)


@contextmanager
def display() -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield an environment in which a window can be shown, and a description of its display.

    Uses the existing display, else starts an X server, else Qt's offscreen platform.
    """
    given = os.environ
    if "QT_QPA_PLATFORM" in given:
        yield given, f"by Qt's platform “{given['QT_QPA_PLATFORM']}”"
    elif sys.platform in ("win32", "darwin"):
        yield given, "on the desktop"
    elif _is_display(given):
        yield given, f"on the display {given.get('WAYLAND_DISPLAY') or given['DISPLAY']}"
    else:
        with _own_display() as name:
            ours = {**given, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
            if _is_display(ours):
                yield ours, "on an X server of our own"
            else:
                yield {**given, "QT_QPA_PLATFORM": "offscreen"}, "in memory alone (offscreen)"


def _is_display(environment: Mapping[str, str]) -> bool:
    """Return whether Qt can show a window in this environment."""
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return False
    ask = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True)
    return done.returncode == 0


@contextmanager
def _own_display() -> Iterator[str]:
    """Run an X server that draws into memory; yield its display name, "" without one."""
    if shutil.which("Xvfb") is None:
        yield ""
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        yield f":{number}" if number else ""
    finally:
        server.terminate()
        server.wait()
