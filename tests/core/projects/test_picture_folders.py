"""A folder of pictures in a project: its rows come along, or are found where they lie."""

import numpy as np
import pytest
from PIL import Image

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.errors import DataError
from core.projects import project
from core.projects.project import Project
from core.runs.run_state import state_of
from tests.core.training import trained


@pytest.fixture
def folder(tmp_path):
    """Five pictures of each of two classes, of two sizes, and a text."""
    root, rng = tmp_path / "pictures", np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (root / name).mkdir(parents=True)
        for k in range(5):
            pixels = rng.integers(level - 50, level + 51, (8 + k, 8, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{k}.png")
    (root / "notes.txt").write_text("no picture")
    return root


@pytest.fixture
def trainer(folder):
    data = DataConfig(source="pictures", path=str(folder), size=6, colour=True)
    config = RunConfig(data, training=TrainingConfig(epochs=5))
    return trained(prepare(sources.load(data), config), 10)


@pytest.mark.parametrize("is_linked", [False, True])
def test_pictures_and_what_was_understood_of_them_come_back(folder, trainer, tmp_path, is_linked):
    path = tmp_path / "p.logitlab"
    project.save(Project(trainer.task, state_of(trainer), is_linked=is_linked), path)
    if not is_linked:
        folder.rename(tmp_path / "elsewhere")
    found = project.load(path).task.source
    own = trainer.task.source
    np.testing.assert_array_equal(found.X, own.X)
    assert (found.looks, found.image_shape, found.class_names) == (
        "colour",
        (18, 6),
        own.class_names,
    )
    assert found.folder == own.folder


def test_a_linked_folder_with_another_picture_is_refused(folder, trainer, tmp_path):
    path = tmp_path / "p.logitlab"
    project.save(Project(trainer.task, state_of(trainer), is_linked=True), path)
    Image.new("RGB", (8, 8)).save(folder / "dark" / "9.png")
    with pytest.raises(DataError, match="has other rows than when the project was saved"):
        project.load(path)
