"""The notebook about the library is a valid one, and runs from top to bottom."""

import ast
from pathlib import Path

import nbformat
import pytest

PLACE = Path(__file__).parents[2] / "docs" / "library.ipynb"


@pytest.fixture(scope="module")
def book():
    return nbformat.read(PLACE, as_version=nbformat.NO_CONVERT)


def test_it_is_a_valid_notebook_that_holds_no_output(book):
    nbformat.validate(book)
    assert not any(cell.outputs for cell in book.cells if cell.cell_type == "code")


def test_its_cells_run_and_each_shows_what_a_notebook_can_show(book, tmp_path, monkeypatch):
    """As a kernel does: one namespace; the value of a last expression is asked for its picture."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    names: dict[str, object] = {}
    kinds = set()
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        *begin, last = ast.parse(cell.source).body
        exec(compile(ast.Module(begin, []), "cell", "exec"), names)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "cell", "exec"), names)
            continue
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
        for kind in ("_repr_svg_", "_repr_png_", "_repr_html_"):
            if hasattr(value, kind):
                assert getattr(value, kind)()
                kinds.add(kind)
    assert kinds == {"_repr_svg_", "_repr_png_", "_repr_html_"}


def test_a_kernel_runs_it(book, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    root = str(PLACE.parents[1])
    monkeypatch.setenv("PYTHONPATH", f"{root}:{root}/packaging")
    nbclient.NotebookClient(book, timeout=120).execute(cwd=str(tmp_path))
