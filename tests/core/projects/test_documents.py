"""Projects of documents: the texts come along, and the run goes on on the same words."""

import numpy as np
import pytest

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.errors import DataError
from core.projects import project
from core.projects.structure import Decoder
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
    decode = Decoder.decode

    def changed(self, hint, value, place, depth=0):
        if place.endswith(".documents.texts[0]"):
            value = "another text"
        return decode(self, hint, value, place, depth)

    monkeypatch.setattr(Decoder, "decode", changed)
    with pytest.raises(DataError, match="are not those that were saved"):
        project.load(path)
