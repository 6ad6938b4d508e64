"""Projects of documents: the texts come along, and the run goes on on the same words."""

from dataclasses import replace

import numpy as np
import pytest

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.data.text.documents import Documents
from core.errors import DataError
from core.projects import project
from core.projects.stored_texts import StoredTexts
from tests.core.projects.kept import assert_goes_on, opened, project_of
from tests.core.training import trained

WORDS = "sun moon star sea land tree".split()


def test_bundled_documents_are_named_and_the_run_goes_on(path):
    config = RunConfig(DataConfig("genres"), training=TrainingConfig(optimiser="adam"))
    one = trained(prepare(sources.load(config.data), config), 10)
    project.save(project_of(one), path)
    found, other = opened(path)
    assert found.task.dataset.vocabulary.words == one.task.dataset.vocabulary.words
    assert_goes_on(one, other)


@pytest.fixture
def written(tmp_path):
    """The config of a run on a table with a column of texts, and its file."""
    table = tmp_path / "t.csv"
    rows = [
        f'"{WORDS[k % 6]} and {WORDS[(k * k + 1) % 6]}, said ünï {k}",{"ab"[k % 2]}'
        for k in range(60)
    ]
    table.write_text("said,who\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return RunConfig(DataConfig("csv", path=str(table), text="said")), table


def test_the_texts_of_a_table_come_along(written, path):
    config, table = written
    one = trained(prepare(sources.load(config.data), config), 10)
    project.save(project_of(one), path)
    table.unlink()
    found, other = opened(path)
    assert found.task.source.documents.texts == one.task.source.documents.texts
    np.testing.assert_array_equal(found.task.source.y, one.task.source.y)
    assert_goes_on(one, other)


def test_texts_that_are_not_those_that_were_saved_are_refused(written, path, monkeypatch):
    config, _ = written
    one = trained(prepare(sources.load(config.data), config), 1)
    project.save(project_of(one), path)
    read = StoredTexts.documents
    monkeypatch.setattr(
        StoredTexts, "documents", lambda self: Documents(("a", *read(self).texts[1:]))
    )
    with pytest.raises(DataError, match="are not those that were saved"):
        project.load(path)


@pytest.mark.parametrize("is_linked", [False, True])
def test_texts_that_were_taught_come_along(written, path, is_linked):
    config, _ = written
    source = sources.load(config.data)
    taught = Documents(("a <b>taught</b> text of a \U0001f680", "שלום and \0"))
    more = source.with_examples(source.X[:2], np.array([1, 0]), taught)
    one = trained(prepare(more, config), 5)
    project.save(replace(project_of(one), is_linked=is_linked), path)
    found, other = opened(path)
    assert found.task.source.documents.texts[:2] == taught.texts
    assert found.task.source.n == 62 and found.task.source.added == 2
    assert_goes_on(one, other)


def test_a_linked_table_with_another_text_is_refused(written, path):
    config, table = written
    one = trained(prepare(sources.load(config.data), config), 1)
    project.save(replace(project_of(one), is_linked=True), path)
    table.write_text(table.read_text(encoding="utf-8").replace("said ünï 7", "said 7"))
    with pytest.raises(DataError, match="has other rows than when the project was saved"):
        project.load(path)


def test_a_folder_of_texts_comes_along(tmp_path, path):
    for k in range(12):
        file = tmp_path / "shelf" / "ab"[k % 2] / f"{k}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{WORDS[k % 6]} and {WORDS[k * k % 6]}")
    config = RunConfig(DataConfig("documents", path=str(tmp_path / "shelf")))
    one = trained(prepare(sources.load(config.data), config), 3)
    project.save(project_of(one), path)
    (tmp_path / "shelf").rename(tmp_path / "elsewhere")
    found, other = opened(path)
    assert found.task.source.folder == one.task.source.folder
    assert_goes_on(one, other)


@pytest.mark.parametrize(
    ("utf8", "ends", "words"),
    [
        ([97, 98], [1], "do not end where they should"),
        ([97, 98], [2, 1], "do not end where they should"),
        ([97, 98], [-1, 2], "do not end where they should"),
        ([97], [[1]], "do not end where they should"),
        ([255], [1], "are no UTF-8"),
    ],
)
def test_stored_texts_that_cannot_be_are_refused(utf8, ends, words):
    stored = StoredTexts(np.array(utf8, dtype=np.uint8), np.array(ends, dtype=np.int64))
    with pytest.raises(DataError, match=words):
        stored.documents()


def test_half_a_character_is_replaced_as_a_text_becomes_a_document():
    assert Documents(("a \ud83d b", "c")).texts == ("a \ufffd b", "c")
