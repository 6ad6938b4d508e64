"""The Read tab: the answer to a text on every key, and what its words add to a score."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QGuiApplication

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig
from core.data.text.genres import fooling
from core.explain import probe
from gui.kit.theme import LIGHT, THEMES
from gui.stage.read.text_pad import MOST_CHARACTERS, shades
from tests.gui.kit.test_contrast import contrast, least
from tests.gui.stage.read.reading import PATIENCE_MS, TEXT, task_of


@pytest.fixture
def train(view, trained, settle):
    """Return a function that trains on a task, and shows it."""

    def train(task, steps=60):
        view.receive_task(task)
        view.receive_snapshot(trained(task, steps))
        settle()

    return train


@pytest.fixture
def write(qtbot, view, settle):
    """Return a function that types a text in the place of what is on the pad."""

    def write(text):
        view.pad.selectAll()
        qtbot.keyClick(view.pad, Qt.Key.Key_Delete)
        qtbot.keyClicks(view.pad, text)
        settle()

    return write


def paste(view, text):
    mime = QMimeData()
    mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime)
    view.pad.paste()


def expected(view, text):
    """Logits and probabilities of a text by NumPy in float64, word by word of the vocabulary."""
    W, b = (a.astype(np.float64) for a in (view.snapshot.params.W, view.snapshot.params.b))
    words = [w.strip(".,;!?") for w in text.lower().split()]
    counts = np.array([words.count(w) for w in view.task.dataset.feature_names], np.float64)
    z = W @ counts + b
    a = np.exp(z - z.max())
    return z, a / a.sum()


def number(text):
    return float(text.replace("−", "-"))


# What it says


def test_shares_are_softmax_of_the_scores(view, train, write, genres):
    train(task_of(genres))
    write(TEXT)
    _, a = expected(view, TEXT)
    assert view.shares.shares == [f"{100 * share:.1f}\xa0%" for share in a]
    name = genres.class_names[a.argmax()]
    assert view.shares.answer == (name, f"{100 * a.max():.0f}\xa0%")


def test_the_answer_follows_every_key(view, train, write, genres, qtbot, settle):
    train(task_of(genres))
    write("the ship and the comput")
    before = view.answer.probabilities
    qtbot.keyClicks(view.pad, "er")
    settle()
    np.testing.assert_allclose(
        view.answer.probabilities, expected(view, "the ship and the computer")[1], atol=1e-6
    )
    assert (before != view.answer.probabilities).all()


def test_the_answer_follows_the_training(view, train, write, genres, trained, settle):
    task = task_of(genres)
    train(task)
    write(TEXT)
    view.receive_snapshot(trained(task, 200))
    settle()
    np.testing.assert_allclose(view.answer.probabilities, expected(view, TEXT)[1], atol=1e-6)


@pytest.mark.parametrize("text", ["", "   "])
def test_a_blank_pad_gets_no_answer(view, train, write, genres, text):
    train(task_of(genres))
    write(TEXT)
    write(text)
    assert view.answer is None
    assert set(view.shares.shares) == {""}
    assert view.sum.shown == []
    assert view.pad.shades == []


def test_an_untrained_model_ties(view, train, write, genres):
    train(task_of(genres), steps=0)
    write(TEXT)
    assert "train first" in view.shares.sentence
    assert view.shares.answer[0] == "?"


# Why


@pytest.mark.parametrize(
    "bag", [BagOptions(), BagOptions(weighting="tfidf", bigrams=True, stop_words=True)], ids=str
)
def test_bias_and_words_add_up_to_the_score(view, train, write, genres, bag):
    train(task_of(genres, bag))
    write(TEXT)
    k = view.answer.decided
    shown = view.sum.shown
    assert shown[0] == ("bias b", f"{view.snapshot.params.b[k]:+.2f}".replace("-", "−"))
    terms = [number(text) for _, text in shown]
    assert terms[-1] == pytest.approx(float(view.answer.logits[k]), abs=0.006)
    assert sum(terms[:-1]) == pytest.approx(terms[-1], abs=0.005 * len(terms))


def test_each_bar_of_the_sum_begins_where_the_last_one_ended(view, train, write, genres):
    train(task_of(genres))
    write(TEXT)
    values = [number(text) for _, text in view.sum.shown]
    ends = [
        (a, b) if value >= 0 else (b, a)
        for (a, b), value in zip(view.sum.ends, values, strict=True)
    ]
    for (_, end), (begin, _) in pairwise(ends[:-1]):
        assert begin == pytest.approx(end, abs=0.01)
    assert ends[-1] == pytest.approx((ends[0][0], ends[-2][1]), abs=0.01)


def test_a_word_is_shaded_by_what_it_adds_on_the_scale_shown(view, train, write, genres):
    train(task_of(genres))
    write(TEXT)
    k, names = view.answer.decided, view.task.dataset.feature_names
    ramp = shades(LIGHT)
    scale = number(view.scale.texts[1])
    assert len(view.pad.shades) == 14
    for word, colour in view.pad.shades:
        w = float(view.snapshot.params.W[k, names.index(word.lower())])
        assert colour == ramp[round((w / scale + 1) / 2 * (len(ramp) - 1))]


def test_unknown_words_are_marked_and_counted(view, train, write, genres):
    train(task_of(genres))
    write(TEXT)
    assert view.pad.unknown == ["zzyzx"]
    assert "15 words, 1 unknown" in view.note.text()


def test_a_click_on_a_bar_shades_for_its_label(view, train, write, genres, qtbot):
    train(task_of(genres))
    write(TEXT)
    z, _ = expected(view, TEXT)
    for k in range(4):
        place = view.shares.place_of(k).toPoint()
        qtbot.mouseClick(view.shares, Qt.MouseButton.LeftButton, pos=place)
        assert view.label.value() == k
        assert number(view.sum.shown[-1][1]) == pytest.approx(z[k], abs=0.006)


def test_a_neurons_words_speak_for_either_label(view, train, write, genres, qtbot):
    train(task_of(genres, kind="binary", positive="romance", negative="mystery"))
    write(TEXT)
    scores = []
    for k in range(2):
        place = view.shares.place_of(k).toPoint()
        qtbot.mouseClick(view.shares, Qt.MouseButton.LeftButton, pos=place)
        scores.append(number(view.sum.shown[-1][1]))
    assert scores[1] == pytest.approx(float(view.answer.logits[0]), abs=0.006)
    assert scores[0] == -scores[1]


def test_with_a_hidden_layer_no_word_speaks_by_itself(view, train, write, genres):
    train(task_of(genres, kind="softmax", hidden=4))
    write(TEXT)
    assert view.answer is not None
    assert view.pad.shades == []
    assert "hidden layer" in view.note.text()


@pytest.mark.parametrize("theme", THEMES)
def test_ink_on_every_shade_can_be_read(theme):
    assert min(contrast(QColor(theme.ink), shade) for shade in shades(theme)) >= least(theme)


# Which text


def test_a_test_text_is_put_on_the_pad(view, train, genres, qtbot, settle):
    train(task_of(genres))
    qtbot.mouseClick(view.toolbar.random, Qt.MouseButton.LeftButton)
    settle()
    row = view.picker.row
    assert row in view.task.test_rows
    assert view.pad.text == genres.documents.texts[row]
    assert f"Test row {row + 1}: {genres.class_names[genres.y[row]]}" in view.note.text()


def test_the_next_misclassified_text_is_put_on_the_pad(view, train, genres, qtbot, settle):
    train(task_of(genres))
    task = view.task
    decided = probe.decided(task, view.snapshot.params, task.test_rows)
    wrong = task.test_rows[decided != task.dataset.y[task.test_rows]]
    for row in wrong[:2]:
        qtbot.mouseClick(view.toolbar.mistake, Qt.MouseButton.LeftButton)
        settle()
        assert view.picker.row == row
        assert view.answer.decided != task.dataset.y[row]


def test_passages_that_fool_the_model_come_one_after_the_other(view, train, genres, qtbot, settle):
    train(task_of(genres))
    for passage in fooling()[:2]:
        qtbot.mouseClick(view.toolbar.fooling, Qt.MouseButton.LeftButton)
        settle()
        assert view.pad.text == passage.text
        assert f"written to fool it: {passage.genre}" in view.note.text()
    view.show_as_slide(True)  # a class that shall say how many are right needs to know it
    assert view.note.isVisible() and view.note.text().endswith(f"fool it: {fooling()[1].genre}.")
    view.show_as_slide(False)
    assert view.note.text().endswith("(grey).")


def test_a_text_that_is_edited_is_the_users_own(view, train, genres, qtbot, settle):
    train(task_of(genres))
    qtbot.mouseClick(view.toolbar.random, Qt.MouseButton.LeftButton)
    settle()
    with qtbot.waitSignal(view.pictured) as told:
        qtbot.keyClicks(view.pad, "ship ")
    assert told.args[2] == -1
    settle()
    assert view.note.text().startswith("Your own text")
    qtbot.mouseClick(view.toolbar.undo, Qt.MouseButton.LeftButton)
    settle()
    assert not view.pad.text.startswith("ship ")


# Hostile texts


@pytest.mark.parametrize(
    "text",
    [
        "<b>the</b> <img src=x> ship",
        "the \ud800 ship \udfff",
        "the\0ship",
        "the \u202eship\u202c ship",
        "🚀🚀 the 🛸 ship",
        "船 the 飛行船 ship",
        "the ship " + "\u0301" * 300,
    ],
)
def test_any_text_is_shown_as_text_and_shaded_where_its_words_are(
    view, train, genres, settle, text
):
    train(task_of(genres))
    paste(view, text)
    settle()
    assert "ship" in [word for word, _ in view.pad.shades]
    assert "the" in [word for word, _ in view.pad.shades]
    assert view.answer is not None
    assert "<b>" not in text or "<b>" in view.pad.text


def test_of_a_text_that_is_too_long_the_beginning_is_read_and_it_is_said(
    view, train, genres, settle, qtbot
):
    train(task_of(genres))
    with qtbot.waitSignal(view.pad.refused) as refused:
        paste(view, "the ship " * 1_200_000)
    settle()
    assert len(view.pad.text) == MOST_CHARACTERS
    assert f"first {MOST_CHARACTERS:,}" in refused.args[0]
    qtbot.keyClicks(view.pad, "x")
    assert len(view.pad.text) == MOST_CHARACTERS


# The layout


@pytest.mark.parametrize("size", [(700, 540), (480, 400), (900, 700), (400, 320)])
def test_text_and_answer_are_seen_at_once(view, train, write, genres, size, qtbot, face):
    view.resize(*size)
    train(task_of(genres))
    write(TEXT)
    for part in (view.pad, view.shares):
        corner = part.mapTo(view, part.rect().bottomRight())
        assert view.rect().contains(corner)
    assert view.pad.height() >= 4 * view.pad.fontMetrics().lineSpacing()


def test_the_answer_is_in_large_type(view, train, write, genres):
    train(task_of(genres))
    write(TEXT)
    assert view.shares.answer_point_size >= 24


@pytest.mark.parametrize("size", [(700, 540), (540, 520), (400, 320)])
def test_a_label_of_two_words_is_seen_whole_on_a_slide_too(
    view, train, write, genres, size, qtbot, face
):
    view.resize(*size)
    view.show_as_slide(True)
    train(task_of(genres))
    write("the ship and the computer aboard the ship")
    assert view.shares.answer[0] == "science fiction"


@pytest.mark.parametrize("height", [320, 300])
def test_all_of_a_slide_is_seen_at_once(view, train, genres, qtbot, settle, height):
    """Text, answer, what the text is and the scale of its shades, without scrolling."""
    view.resize(400, height)
    view.show_as_slide(True)
    train(task_of(genres))
    view.turn(+1)
    settle()
    for part in (view.pad, view.shares, view.note, view.scale):
        lower = part.mapTo(view, part.rect().bottomLeft()).y()
        assert part.isVisible() and lower < height


# The window


@pytest.fixture
def window(open_window, qtbot):
    """The window with the Read tab on genres."""
    window = open_window(RunConfig(DataConfig(source="genres"), ModelConfig("softmax")))
    window.stage.show_name("Read")
    return window


def test_an_empty_pad_asks_for_a_text_in_the_type_of_its_texts(window):
    pad = window.views["Read"].pad
    before = pad.font().pointSizeF()
    window.presenter.toggle()
    assert pad.viewport().font().pointSizeF() == pad.font().pointSizeF() > before


def test_a_text_is_taught_and_forgotten_again(window, qtbot):
    view, controller = window.views["Read"], window.controller
    n = controller.run.task.dataset.n
    qtbot.keyClicks(view.pad, "zzyzx zzyzx quux")
    qtbot.waitUntil(view.teaching.buttons[2].isEnabled)
    qtbot.mouseClick(view.teaching.buttons[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: controller.run.task.dataset.added == 1, timeout=PATIENCE_MS)
    dataset = controller.run.task.dataset
    assert dataset.documents.texts[0] == "zzyzx zzyzx quux"
    assert (dataset.n, dataset.y[0]) == (n + 1, 2)
    assert 0 in controller.run.task.train_rows
    window.stage.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: controller.run.task.dataset.n == n, timeout=PATIENCE_MS)


def test_a_space_in_a_text_trains_nothing_until_escape(window, qtbot):
    view = window.views["Read"]
    view.pad.setFocus()
    qtbot.keyClicks(view.pad, "a b")
    assert view.pad.text == "a b"
    assert not window.controller.is_training
    qtbot.keyClick(view.pad, Qt.Key.Key_Escape)
    assert not view.pad.hasFocus()


def test_a_row_of_the_data_is_read(window, qtbot):
    window.views.context.show_on_pad(7)
    view = window.views["Read"]
    texts = window.controller.run.task.dataset.documents.texts
    qtbot.waitUntil(lambda: view.pad.text == texts[7], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.views.context.chosen.example.row == 7, timeout=PATIENCE_MS)
