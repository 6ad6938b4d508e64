"""An exported notebook is a valid one, and runs from top to bottom."""

import sys

import nbformat
import pytest

from core.exports import notebook
from core.exports.exported_run import ExportedRun
from tests.core.exports.repeating import is_same, run_text
from tests.core.training import trained


@pytest.fixture
def book(make_task, iris, tmp_path, monkeypatch):
    """A trainer, and its notebook as it was written; its folder is the current one, as in use."""
    trainer = trained(make_task(iris, {"validation_fraction": 0.2}), 9)
    notebook.write(ExportedRun.of(trainer), tmp_path / "book.ipynb")
    monkeypatch.chdir(tmp_path)
    return trainer, nbformat.read(tmp_path / "book.ipynb", as_version=nbformat.NO_CONVERT)


def run_cells(book, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # whether or not it is installed
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    return run_text("\n".join(code), "book.ipynb")


def test_it_is_a_valid_notebook(book):
    nbformat.validate(book[1])
    assert book[1].nbformat_minor == 5


def test_its_cells_repeat_the_run_bit_for_bit(book, monkeypatch):
    names, said = run_cells(book[1], monkeypatch)

    assert is_same(names, book[0])
    assert "there is no chart" in said


def test_its_chart_has_the_loss_of_each_part_after_each_epoch(book, monkeypatch):
    names, _ = run_cells(book[1], monkeypatch)

    assert [epoch for epoch, _ in names["history"]] == [0, 1, 2, 3]
    assert list(names["history"][-1][1]) == ["training", "test", "validation"]


def test_formulae_stand_between_the_cells(book):
    words = "\n".join(cell.source for cell in book[1].cells if cell.cell_type == "markdown")
    assert r"$$Z = X W^\top + b$$" in words
    assert r"\frac{\partial L}{\partial Z} = A - Y" in words
