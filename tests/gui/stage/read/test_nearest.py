"""The training texts nearest to the one on the pad: scikit-learn's cosines, in a menu."""

import numpy as np
from PySide6.QtCore import Qt
from sklearn.metrics.pairwise import cosine_similarity

from tests.gui.stage.read.reading import PATIENCE_MS, TEXT, task_of


def asked(qtbot, view, background):
    """Press the button, and wait for the list."""
    qtbot.mouseClick(view.toolbar.nearest, Qt.MouseButton.LeftButton)

    def is_listed():
        background.poll()
        return view.nearest.menu.isVisible()

    qtbot.waitUntil(is_listed, timeout=PATIENCE_MS)
    return view.nearest.menu.actions()


def test_they_are_those_of_the_largest_cosines(qtbot, view, genres, settle, background):
    task = task_of(genres)
    view.receive_task(task)
    view.pad.put(TEXT)
    settle()
    actions = asked(qtbot, view, background)
    bag = task.dataset.bag[task.train_rows]
    found = cosine_similarity(bag, view.features.dense()[None])[:, 0]
    best = np.argsort(-found, kind="stable")[: len(actions)]
    for action, i in zip(actions, best, strict=True):
        row = task.train_rows[i]
        label = task.dataset.class_names[task.dataset.y[row]]
        assert action.text().startswith(f"cos {found[i]:.2f}   {label}:  ")
        assert action.text().rstrip("…")[-20:] in " ".join(genres.documents.texts[row].split())


def test_one_that_is_chosen_is_read_and_is_not_its_own_neighbour(
    qtbot,
    view,
    genres,
    settle,
    background,
):
    task = task_of(genres)
    view.receive_task(task)
    view.pad.put(TEXT)
    settle()
    (first, *_) = asked(qtbot, view, background)
    first.trigger()
    settle()
    row = view.picker.row
    assert view.pad.text == genres.documents.texts[row]
    assert all("cos 1.00" not in action.text() for action in asked(qtbot, view, background))


def test_a_text_without_a_known_word_has_none(qtbot, view, genres, settle, background):
    view.receive_task(task_of(genres))
    view.pad.put("zzyzx")
    settle()
    (only,) = asked(qtbot, view, background)
    assert only.text() == "No training text has a word of it." and not only.isEnabled()
