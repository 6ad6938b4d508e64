"""What a run can be exported as: a table, from which the menu and the command line are made.

Nothing of PyTorch is imported before something is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core import files
from core.errors import SaveError
from core.language import mark, tr

if TYPE_CHECKING:
    from core.exports.exported_run import ExportedRun

Paths = tuple[Path, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of export.

    name : on the command line. title : in the menu, with & before its mnemonic; file : what the
    file is, for a dialog. ending : of its name. contents : what is in it.
    write : writes it to a path and returns all paths written; raises SaveError.
    check : raises SaveError if something that it needs is missing.
    """

    name: str
    title: str
    file: str
    ending: str
    contents: str
    write: Callable[[ExportedRun, Path], Paths]
    check: Callable[[], None] = lambda: None

    @property
    def default_name(self) -> str:
        """A name to offer for the file."""
        return f"run-{self.name}{self.ending}"  # a program of the name numpy.py would import itself


def export(run: ExportedRun, name: str, path: Path) -> Paths:
    """Write a run as one of KINDS; return the paths of all files written. Raises SaveError."""
    kind = KINDS[name]
    kind.check()
    return kind.write(run, with_ending(path, kind))


def check_target(kind: Kind, path: Path) -> None:
    """Raise SaveError, before the work rather than after it, if the file cannot be written."""
    kind.check()
    files.check_writable(with_ending(path, kind))


def describe_written(paths: Paths) -> str:
    """Return a sentence that names the files."""
    if len(paths) == 1:
        return tr("Saved {path}.", path=paths[0])
    *first, last = map(str, paths)
    return tr("Saved {first} and {last}.", first=", ".join(first), last=last)


def with_ending(path: Path, kind: Kind) -> Path:
    """Return the path, with the kind's ending added unless it ends so.

    Raises SaveError for another one: it would name a format that the file does not have.
    """
    is_special = path.is_dir() or (path.exists() and not path.is_file())
    if path.suffix.lower() == kind.ending or (is_special and not path.suffix):
        return path
    if path.suffix[1:2].isalpha():
        raise SaveError(
            tr(
                "{name} is not written: {file} ends in {ending}. Name it {other}.",
                name=path.name,
                file=tr(kind.file),
                ending=kind.ending,
                other=path.with_suffix(kind.ending).name,
            )
        )
    return path.with_name(path.name + kind.ending)


def card_path(path: Path) -> Path:
    """Return the path of a card, with its ending added unless it ends so. Raises SaveError."""
    return with_ending(path, KINDS["card"])


def _script(run: ExportedRun, path: Path) -> Paths:
    from core.exports.program_file import write_script

    return write_script(run, path, "torch")


def _numpy(run: ExportedRun, path: Path) -> Paths:
    from core.exports.program_file import write_script

    return write_script(run, path, "numpy")


def _notebook(run: ExportedRun, path: Path) -> Paths:
    from core.exports import notebook

    return notebook.write(run, path)


def _onnx(run: ExportedRun, path: Path) -> Paths:
    from core.exports import onnx_model

    return onnx_model.write(run.model(), path)


def _check_onnx() -> None:
    from core.exports import onnx_model

    onnx_model.check()


def _curves(run: ExportedRun, path: Path) -> Paths:
    from core.exports import tables

    return tables.write_curves(run, path)


def _confusion(run: ExportedRun, path: Path) -> Paths:
    from core.exports import tables

    return tables.write_confusion(run, path)


def _weights(run: ExportedRun, path: Path) -> Paths:
    from core.exports import tables

    return tables.write_weights(run, path)


def _predictions(run: ExportedRun, path: Path) -> Paths:
    from core.exports import tables

    return tables.write_predictions(run, path)


def _card(run: ExportedRun, path: Path) -> Paths:
    from core.exports import card

    return card.write(run.record(), path)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="script",
            title=mark("P&yTorch script…"),
            file=mark("a Python script"),
            ending=".py",
            contents=mark(
                "a program in PyTorch that repeats the run bit for bit, and its data (.npz)"
            ),
            write=_script,
        ),
        Kind(
            name="numpy",
            title=mark("&NumPy script…"),
            file=mark("a Python script"),
            ending=".py",
            contents=mark("the same from scratch in NumPy, but for rounding"),
            write=_numpy,
        ),
        Kind(
            name="notebook",
            title=mark("Note&book…"),
            file=mark("a notebook"),
            ending=".ipynb",
            contents=mark("the PyTorch program as a Jupyter notebook with its formulae"),
            write=_notebook,
        ),
        Kind(
            name="onnx",
            title=mark("&ONNX model…"),
            file=mark("an ONNX model"),
            ending=".onnx",
            contents=mark("the model for other programs: features in, label and probabilities out"),
            write=_onnx,
            check=_check_onnx,
        ),
        Kind(
            name="curves",
            title=mark("Cur&ves as CSV…"),
            file=mark("a CSV table"),
            ending=".csv",
            contents=mark("all that was measured, step by step"),
            write=_curves,
        ),
        Kind(
            name="confusion",
            title=mark("Con&fusion counts as CSV…"),
            file=mark("a CSV table"),
            ending=".csv",
            contents=mark("how many rows of each class were taken for each"),
            write=_confusion,
        ),
        Kind(
            name="weights",
            title=mark("&Weights as CSV…"),
            file=mark("a CSV table"),
            ending=".csv",
            contents=mark("weights and biases with the names of outputs and inputs"),
            write=_weights,
        ),
        Kind(
            name="predictions",
            title=mark("Predictions of &test rows as CSV…"),
            file=mark("a CSV table"),
            ending=".csv",
            contents=mark("class, answer and probabilities of each test row"),
            write=_predictions,
        ),
        Kind(
            name="card",
            title=mark("&Model card…"),
            file=mark("a model card"),
            ending=".md",
            contents=mark("data, figures with intervals, settings, use and limits, in Markdown"),
            write=_card,
        ),
    )
}
