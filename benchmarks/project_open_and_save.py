"""A project of MNIST with as many kept runs as there may be: opened, and pauses while it is saved.

Opening, to a trainer that goes on, is compared with loading MNIST alone, which it holds by name. A
pause is the delay of a 1 ms timer in the GUI thread while the model trains and the project is saved
each second; it is compared with the same without saving.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target, race
from core.data import sources
from core.projects import project
from core.runs.run_state import take_up
from core.train.trainer import Trainer

FIGURES = {
    "project_open_s": Target("at most", 2, "loading MNIST alone", is_ratio=False),
    "save_longest_pause_ms": Target("at most", 16, "without saving", is_ratio=False),
}


def measure(conditions: Conditions) -> dict[str, Result]:
    data = conditions.mnist()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mnist.logitlab"
        plan = live.Plan("save", live.mnist(data), is_probed=True, path=str(path))
        plan = replace(plan, seconds=conditions.choose(20, 4), warm_up=1)
        saving = live.with_window(plan, conditions).found
        alone = live.with_window(replace(plan, do="watch"), conditions).found

        def open_it() -> None:
            found = project.load(path)
            assert found.state is not None
            take_up(Trainer(found.task), found.state)

        opening = race(open_it, lambda: sources.load(data), conditions.choose(5, 1))
    return {
        "project_open_s": opening,
        "save_longest_pause_ms": Result(saving["max_ms"], alone["max_ms"], "ms"),
    }
