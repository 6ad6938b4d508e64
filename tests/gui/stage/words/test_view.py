"""The Words tab: the strongest words of each label, against a stable sort of the weights."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, ModelConfig, RunConfig
from core.data.dataset import Dataset
from core.data.sources import load
from core.data.task import prepare
from core.data.text.documents import Documents, no_features
from core.train.snapshot import Params, Status
from gui.kit import zoom
from gui.kit.theme import DARK, LIGHT
from gui.stage.words import view as words
from gui.stage.words.view import AGAINST, WordsView


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


def task_of(dataset, **model):
    return prepare(dataset, RunConfig(DataConfig(source="genres"), ModelConfig(**model)))


@pytest.fixture
def view(qtbot):
    """The view on its own, as large as a stage."""
    view = WordsView(LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 560)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def train(view, trained):
    """Return a function that trains on a task, and shows it."""

    def train(task, steps=60):
        view.receive_task(task)
        view.receive_snapshot(trained(task, steps))
        return view.snapshot.params.W

    return train


def best(view, w):
    """The words with the largest of the weights w (m,), as many as there is room for."""
    order = np.argsort(-w, kind="stable")[: view.bars.rows]
    return [view.task.dataset.feature_names[j] for j in order]


def point(view, panel, row):
    at = view.bars.place_of(panel, row)
    none = Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    away = view.bars.mapToGlobal(at)
    QApplication.sendEvent(view.bars, QMouseEvent(QEvent.Type.MouseMove, at, away, *none))


def test_each_label_has_the_words_of_its_largest_weights(view, train, genres):
    W = train(task_of(genres))
    assert view.bars.rows >= 5
    assert view.bars.words == [best(view, w) for w in W]
    for w, numbers in zip(W, view.bars.numbers, strict=True):
        largest = np.sort(w)[::-1][: view.bars.rows]
        assert numbers == [f"{value:+.2f}".replace("-", "−") for value in largest]


def test_words_against_a_label_are_those_of_its_smallest_weights(view, train, genres, qtbot):
    W = train(task_of(genres))
    qtbot.mouseClick(view.side.button(AGAINST), Qt.MouseButton.LeftButton)
    assert view.bars.words == [best(view, -w) for w in W]


def test_the_labels_of_a_neuron_have_opposite_weights(view, train, genres):
    w = train(task_of(genres, kind="binary", positive="romance", negative="mystery"))[0]
    assert view.bars.words == [best(view, -w), best(view, w)]


def test_before_training_no_word_is_shown(view, train, genres):
    train(task_of(genres), steps=0)
    assert not view.bars.isVisible()


def test_words_keep_their_places_for_a_while_in_training(view, trained, genres, monkeypatch):
    monkeypatch.setattr(words, "RANKED_EVERY", math.inf)
    monkeypatch.setattr(words, "SHOWN_EVERY", 0.0)
    task = task_of(genres)
    view.receive_task(task)
    snapshot = replace(trained(task, 30), status=Status.TRAINING)
    view.receive_snapshot(snapshot)
    before = view.bars.words
    turned = replace(snapshot, params=Params(-snapshot.params.W, snapshot.params.b))
    view.receive_snapshot(turned)
    assert view.bars.words == before
    view.receive_snapshot(replace(turned, status=Status.PAUSED))
    assert view.bars.words == [best(view, w) for w in turned.params.W]


def test_the_word_under_the_pointer_is_told_with_its_weight_for_every_label(view, train, genres):
    W = train(task_of(genres))
    point(view, 1, 2)
    word = view.bars.words[1][2]
    j = view.task.dataset.feature_names.index(word)
    said = view.readout.text()
    assert said.startswith(f"“{word}”, in ")
    for name, w in zip(genres.class_names, W[:, j], strict=True):
        assert f"{name} {w:+.2f}".replace("-", "−") in said


def test_labels_beyond_the_room_are_on_further_pages(view, train):
    h = 25
    texts = tuple(f"word{k} word{k} other" for k in range(h) for _ in range(4))
    dataset = Dataset(
        name="Many",
        X=no_features(4 * h),
        y=np.repeat(np.arange(h), 4),
        feature_names=(),
        class_names=tuple(f"label {k}" for k in range(h)),
        documents=Documents(texts),
    )
    train(task_of(dataset, kind="softmax"), steps=30)
    first = len(view.bars.words)
    assert first < h
    assert [shown[0] for shown in view.bars.words] == [f"word{k}" for k in range(first)]
    assert view.turn(1)
    assert view.bars.words[0][0] == f"word{first}"
    view.receive_theme(DARK)
    assert view.bars.words[0][0] == f"word{first}"
    assert view.turn(-1)
    assert not view.turn(-1)


def test_type_is_large_enough_to_be_read_from_afar(view, train, genres):
    train(task_of(genres))
    assert view.bars.point_size >= 12


def test_a_new_size_shows_as_many_words_as_fit(view, train, genres, qtbot):
    W = train(task_of(genres))
    before = view.bars.rows
    view.resize(700, 400)
    qtbot.waitUntil(lambda: view.bars.rows < before)
    assert view.bars.words == [best(view, w) for w in W]


def test_a_hidden_layer_has_no_words_of_labels(genres):
    assert not WordsView.applies_to(task_of(genres, kind="softmax", hidden=4))
    assert not WordsView.applies_to(prepare(load(DataConfig()), RunConfig()))


def test_arrow_keys_go_from_word_to_word(qtbot, view, train, genres):
    W = train(task_of(genres))
    view.activateWindow()
    view.bars.setFocus()
    qtbot.waitUntil(view.bars.hasFocus)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(view.bars, key)
    words = view.task.dataset.vocabulary
    j = int(np.argsort(-W[1], kind="stable")[1])
    assert view.readout.text().startswith(f"“{words.words[j]}”, ")
    assert view.bars.accessibleDescription().startswith(f"“{words.words[j]}”, ")
    view.bars.clearFocus()
    assert view.bars.accessibleDescription() == ""


@pytest.fixture
def large_type(dressed):
    """The type of a slide of 768 px."""
    before = dressed.font()
    dressed.setFont(zoom.scaled(before, 1.95))
    yield
    dressed.setFont(before)


@pytest.mark.usefixtures("large_type")
def test_a_slide_shows_all_four_genres_with_fewer_words_each(view, train, genres, qtbot):
    W = train(task_of(genres))
    view.show_as_slide(True)
    view.resize(756, 686)  # as the stage of a slide
    qtbot.waitUntil(lambda: len(view.bars.words) == len(W))
    assert 3 <= view.bars.rows <= 6
    assert view.bars.words == [best(view, w) for w in W]
