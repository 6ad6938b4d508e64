"""Kinds of export: each writes its files, by name."""

import pytest

from core.errors import SaveError
from core.exports.exported_run import ExportedRun
from core.exports.kinds import KINDS, describe_written, export
from tests.core.training import trained


@pytest.fixture
def run(make_task, iris):
    return ExportedRun.of(trained(make_task(iris), 5))


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_written_under_its_ending(run, tmp_path, name):
    kind = KINDS[name]

    paths = export(run, name, tmp_path / "mine")

    assert paths[0] == tmp_path / f"mine{kind.ending}"
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert all(path.stat().st_size for path in paths)
    assert describe_written(paths).startswith(f"Saved {paths[0]}")


@pytest.mark.parametrize("name", KINDS)
def test_an_ending_of_another_format_is_refused(run, tmp_path, name):
    with pytest.raises(SaveError, match=f"mine{KINDS[name].ending}"):
        export(run, name, tmp_path / "mine.docx")

    assert list(tmp_path.iterdir()) == []


def test_the_version_of_a_file_is_no_ending(run, tmp_path):
    assert export(run, "card", tmp_path / "run 1.5") == (tmp_path / "run 1.5.md",)
