"""Programs that were exported, run as their readers would run them."""

import io
from contextlib import redirect_stdout

import numpy as np

from core.exports.exported_run import ExportedRun
from core.exports.program_file import write_script

LETTERS = ("W", "b", "V", "c")


def run_text(text, place):
    """Run a program and return its globals and what it printed."""
    names = {"__name__": "program", "__file__": str(place)}
    with redirect_stdout(io.StringIO()) as said:
        exec(compile(text, str(place), "exec"), names)
    return names, said.getvalue()


def repeated(trainer, folder, language="torch"):
    """Export the run of a trainer as a script, and run it; return its globals and words."""
    place = folder / "again.py"
    write_script(ExportedRun.of(trainer), place, language)
    return run_text(place.read_text(encoding="utf-8"), place)


def weights_of(names, trainer):
    """Return a program's weights beside those of the trainer, pair by pair."""
    arrays = trainer.params().arrays
    return [(np.asarray(names[LETTERS[k]]), array) for k, array in enumerate(arrays)]


def is_same(names, trainer):
    """Return whether a program's weights are the trainer's, bit for bit."""
    return all(mine.tobytes() == own.tobytes() for mine, own in weights_of(names, trainer))


def distance(names, trainer):
    """Return the largest difference of weights, as a share of the largest weight."""
    pairs = weights_of(names, trainer)
    largest = max(float(np.abs(own).max()) for _, own in pairs)
    return max(float(np.abs(mine - own).max()) for mine, own in pairs) / largest
