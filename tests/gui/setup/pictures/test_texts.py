"""A folder of texts from the disk to a run: dropped, read at once, undone, or refused in words."""

from __future__ import annotations

from core.config import DataConfig
from tests.gui.setup.pictures.test_dialog import PATIENCE_MS, drop

WORDS = ("the robot saw Mars", "a kiss under the <b>moon</b>", "the engine hums at night")


def test_a_dropped_folder_of_texts_is_trained_on_and_named_in_the_rail(
    qtbot, window, tmp_path, new_run
):
    folder = tmp_path / "letters"
    for k in range(12):
        name = folder / ("love", "hate")[k % 2] / f"{k}.txt"
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_text(f"{WORDS[k % 3]} number {k}", encoding="utf-8")
    before = window.controller.run.task
    with new_run(window):
        drop(window, folder)
    task = window.controller.run.task
    assert task.config.data == DataConfig(
        source="documents",
        path=str(folder),
        features=("all",),
        test_fraction=0.2,
        standardise=False,
    )
    assert sorted(task.dataset.class_names) == ["hate", "love"] and task.dataset.n == 12
    button = window.rail.source.button("pictures")
    assert button.isChecked()
    assert button.accessibleName() == "letters, 12 texts · 2 classes"
    with new_run(window):
        window.controller.undo_stack.undo()
    assert window.controller.run.task.source is before.source


def test_a_folder_without_a_text_says_so_and_the_run_stays(qtbot, window, tmp_path):
    folder = tmp_path / "empty"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "1.txt").write_text("")
    run = window.controller.run
    drop(window, folder)
    qtbot.waitUntil(lambda: window.notice.is_trouble, timeout=PATIENCE_MS)
    assert window.controller.run is run and "empty" in window.notice.text
