"""The heat map of the Jacobian: its numbers, its words, its colours, what can be copied of it."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsSimpleTextItem, QMenu

from core.explain.jacobian import jacobian
from gui.kit import theme as look
from gui.stage.trace.jacobian_matrix import inks
from gui.stage.trace.jacobian_view import JacobianView

IRIS = ("setosa", "versicolor", "virginica")
A = np.array([0.7, 0.2, 0.1])


@pytest.fixture
def show(show_view):
    views = []  # Qt deletes what Python forgets

    def show(a, y, names, width=480, height=260, theme=look.LIGHT):
        view = JacobianView(theme)
        views.append(view)
        show_view(view, width, height)
        view.show_answer(np.asarray(a, dtype=np.float64), y, names)
        QApplication.processEvents()
        return view

    return show


@pytest.fixture
def copied(qtbot):
    """Return a function that right-clicks and chooses an entry; it gives what was copied."""

    def copied(widget, entry):
        def choose():
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            next(a for a in menu.actions() if a.text() == entry).trigger()
            menu.close()

        QTimer.singleShot(0, choose)
        place = QPoint(60, 80)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
        QApplication.sendEvent(widget, event)
        return QApplication.clipboard().text()

    return copied


def ten(seed=0, spread=0.5):
    z = np.random.default_rng(seed).normal(0, spread, 10)
    return np.exp(z) / np.exp(z).sum()


def said(value, digits):
    return f"{value:.{digits}f}".replace("-", "−")


def middle(view, i, k):
    """Return the middle of the cell in row i, column k."""
    return view.matrix.cell_rect(i, k).center().toPoint()


def test_every_entry_of_the_jacobian_is_written(show, painted_words):
    words = painted_words(show(A, 0, IRIS).matrix)
    for value in jacobian(A).ravel():
        assert said(value, 4) in words


def test_the_row_sums_are_written(show, painted_words):
    words = painted_words(show(A, None, IRIS, 640).matrix)
    assert "row" in " ".join(words)  # its Σ may come from another face
    assert words.count("0.0000") == 3


def test_the_collapse_is_written_row_by_row(show, painted_words):
    words = painted_words(show(A, 1, IRIS, 640).matrix)
    assert {"−y/a", "(−y/a) J", "a − y"} <= set(words)
    assert "−5.0000" in words  # −1 / 0.2
    for value in (0.7, -0.8, 0.1):
        assert words.count(said(value, 4)) == 2


def test_without_a_true_class_there_is_no_collapse(show, painted_words):
    words = painted_words(show(A, None, IRIS).matrix)
    assert "a − y" not in words
    assert "sums to 0" in words_of(show(A, None, IRIS))


def words_of(view):
    return view.readout.text()


def test_the_largest_difference_is_said(show):
    assert "is a − y: the largest difference is" in words_of(show(A, 2, IRIS))


def test_a_probability_of_nothing_is_said_to_overflow(show, painted_words):
    view = show([1.0, 0.0, 0.0], 1, IRIS)
    assert "a[versicolor] = 0 is so small that −1/a overflows" in words_of(view)
    words = painted_words(view.matrix)
    assert "−∞" in words and "nan" not in " ".join(words)


def test_a_binary_neuron_has_one_cell(show, painted_words):
    view = show([0.3], 1, ("no", "yes"))
    words = painted_words(view.matrix)
    assert "0.2100" in words and "yes" in words and "no" not in words and "Σ row" not in words
    assert "−3.3333" in words and words.count("−0.7000") == 2
    assert "da/dz" in view.formula.spoken


def test_a_saturated_neuron_is_said_to_overflow(show):
    assert "a(1 − a) = 0" in words_of(show([1.0], 0, ("no", "yes")))


def test_an_answer_replaces_the_last_one(show, painted_words, pixels):
    view = show([0.2, 0.3, 0.5], 0, IRIS)
    view.show_answer(A, 1, IRIS)
    afresh = show(A, 1, IRIS)
    assert painted_words(view.matrix) == painted_words(afresh.matrix)
    for shown in (view, afresh):
        shown.matrix.clearFocus()  # whose ring would differ
    np.testing.assert_array_equal(pixels(view.matrix), pixels(afresh.matrix))


def test_it_goes_from_softmax_to_binary_and_back(show, painted_words):
    view = show(A, 1, IRIS)
    view.show_answer(np.array([0.3]), 0, ("rest", "setosa"))
    view.show_answer(ten(), None, tuple("0123456789"))
    view.show_answer(A, 1, IRIS)
    assert painted_words(view.matrix) == painted_words(show(A, 1, IRIS).matrix)


def test_nothing_is_made_anew_for_another_answer(show):
    view = show(ten(), 3, tuple("0123456789"))
    before = set(view.matrix.findChild(QGraphicsScene).items())
    view.show_answer(ten(1), 4, tuple("0123456789"))
    assert set(view.matrix.findChild(QGraphicsScene).items()) == before


def test_positive_is_blue_and_negative_orange_on_one_scale(show, pixels):
    view = show(A, 0, IRIS)
    picture = pixels(view.matrix)
    for i, k in ((0, 0), (0, 1), (2, 1)):
        corner = view.matrix.cell_rect(i, k).topLeft()
        x, y = int(corner.x()) + 3, int(corner.y()) + 3
        value = jacobian(A)[i, k]
        step = round((value / 0.25 + 1) * 256)
        np.testing.assert_array_equal(picture[y, x], look.signed_map(look.LIGHT)[step])


@pytest.mark.parametrize("theme", [look.LIGHT, look.DARK], ids=["light", "dark"])
def test_numbers_stand_out_from_every_colour_of_the_scale(theme):
    colours = look.signed_map(theme)[None]

    def luminance(rgb):
        s = np.asarray(rgb) / 255
        linear = np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)
        return linear @ np.array([0.2126, 0.7152, 0.0722])

    for colour, ink in zip(colours[0], inks(colours, theme)[0], strict=True):
        dark, light = sorted((luminance(colour), luminance(look.rgb(ink))))
        assert (light + 0.05) / (dark + 0.05) > 3.5


def test_numbers_are_left_out_where_cells_are_too_small(show, painted_words):
    narrow = painted_words(show(ten(), 0, tuple("0123456789"), 380).matrix)
    wide = painted_words(show(ten(), 0, tuple("0123456789"), 700).matrix)
    value = jacobian(ten())[0, 0]
    assert {said(value, 3), said(value, 3).replace("0.", ".")} & set(wide)
    assert not {said(value, n).lstrip("0") for n in (2, 3, 4)} & set(narrow)


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("h", [2, 3, 10])
@pytest.mark.parametrize("width", [440, 480, 640])
def test_no_number_is_wider_than_its_cell_and_all_is_in_sight(show, h, width):
    a = ten()[:h] / ten()[:h].sum()
    names = IRIS[:h] if h < 4 else tuple("0123456789")
    matrix = show(a, 0, names, width, 380).matrix
    scene = matrix.findChild(QGraphicsScene)
    for i, k in np.ndindex(h, h):
        cell = matrix.cell_rect(i, k)
        for item in scene.items(cell.center()):
            if isinstance(item, QGraphicsSimpleTextItem):
                assert item.boundingRect().width() <= cell.width() + 1
    last = matrix.cell_rect(h - 1, h + 3)  # Σ row, −y/a, (−y/a) J, a − y
    assert last.right() <= matrix.width() + 2
    assert last.bottom() <= matrix.height() + 1


def test_hovering_a_cell_says_what_it_is(show, move):
    view = show(A, 0, IRIS)
    move(view.matrix, middle(view, 1, 0))
    assert words_of(view) == "∂a[versicolor]/∂z[setosa] = −0.1400 = −a_i a_k = −0.2000 · 0.7000"
    move(view.matrix, middle(view, 1, 1))
    assert words_of(view).startswith("∂a[versicolor]/∂z[versicolor] = 0.1600 = a_i (1 − a_i)")


def test_what_is_hovered_follows_the_answer(show, move):
    view = show(A, 0, IRIS)
    move(view.matrix, middle(view, 1, 0))
    view.show_answer(np.array([0.5, 0.4, 0.1]), 0, IRIS)
    assert words_of(view).startswith("∂a[versicolor]/∂z[setosa] = −0.2000")


def test_when_the_pointer_leaves_the_collapse_is_said_again(show, move):
    view = show(A, 0, IRIS)
    move(view.matrix, middle(view, 0, 0))
    QApplication.sendEvent(view.matrix, QEvent(QEvent.Type.Leave))
    assert "the largest difference is" in words_of(view)


def test_the_arrow_keys_go_from_number_to_number(qtbot, show):
    view = show(A, 1, IRIS)
    qtbot.keyClick(view.matrix, Qt.Key.Key_Down)
    assert words_of(view).startswith("∂a[setosa]/∂z[setosa]")
    qtbot.keyClick(view.matrix, Qt.Key.Key_Down)
    for _ in range(3):
        qtbot.keyClick(view.matrix, Qt.Key.Key_Right)
    assert words_of(view).startswith("Row versicolor sums to")
    for start in ("∂L/∂a[versicolor] = −5", "∂L/∂z[versicolor] by the chain rule", "a − y of"):
        qtbot.keyClick(view.matrix, Qt.Key.Key_Right)
        assert words_of(view).startswith(start)


def test_the_matrix_is_copied_with_all_digits(show, copied):
    view = show(A, 1, IRIS)
    header, *rows = csv.reader(io.StringIO(copied(view, "Copy table as &CSV")))
    assert header[1:4] == [f"∂/∂z[{name}]" for name in IRIS]
    np.testing.assert_array_equal([[float(x) for x in row[1:4]] for row in rows], jacobian(A))
    np.testing.assert_allclose([float(row[-1]) for row in rows], [0.7, -0.8, 0.1])


def test_the_formula_is_copied_as_latex(show, copied):
    latex = copied(show(A, 1, IRIS), "Copy as &LaTeX")
    assert r"\frac{\partial a_i}{\partial z_k}" in latex


def test_a_screen_reader_gets_the_matrix_in_words(show):
    words = show(A, 1, IRIS).matrix.accessibleDescription()
    assert "a of versicolor: by z of setosa −0.1400, by z of versicolor 0.1600" in words
    assert "the largest difference is" in words


def test_classes_are_marked_by_colour_and_shape(show, painted_words):
    view = show(A, 1, IRIS)
    words = painted_words(view.matrix)
    for glyph, name in zip("●■▲", IRIS, strict=True):
        assert words.count(glyph) == 2 and name in words
    view.show_answer(A, 1, IRIS, marks=(4, 5, 6))
    assert "▼" in painted_words(view.matrix) and "●" not in painted_words(view.matrix)


def test_long_names_are_elided(show, painted_words):
    long = "a class with a name that is longer than any column"
    words = painted_words(show(A, 1, (long, long + "!", long + "?")).matrix)
    assert long not in words and any(text.endswith("…") for text in words)


def test_it_follows_the_theme(show, pixels):
    view = show(A, 1, IRIS)
    view.set_theme(look.DARK)
    view.matrix.clearFocus()
    np.testing.assert_array_equal(pixels(view.matrix)[-1, -1], look.rgb(look.DARK.panel))


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("width", [400, 440, 480, 640])
def test_the_formula_is_never_cut_off(show, width):
    view = show(A, 1, IRIS, width)
    assert view.width() == width
    assert view.formula.sizeHint().width() <= view.formula.width() <= width
