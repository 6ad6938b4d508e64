"""The gallery of generators: what is chosen and turned there is on the board at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionSlider

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.generators import KINDS, GeneratorConfig, generate
from core.train.snapshot import Status
from gui.kit import theme as look
from gui.setup.gallery import Gallery
from gui.window.main_window import MainWindow
from gui.window.opening.gallery_opening import GalleryOpener

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 30_000


@pytest.fixture
def open_gallery(qtbot):
    """Return a function that opens the gallery of a window by its key, or of a board alone."""

    def open_gallery(window):
        if isinstance(window, MainWindow):
            qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        else:
            window.gallery.open()
        gallery = window.gallery.gallery
        qtbot.waitExposed(gallery)
        qtbot.waitUntil(lambda: not window.controller.background.is_busy("load"))
        return gallery

    return open_gallery


class Board:
    """An empty board, and what opens the gallery beside it, without a window."""

    def __init__(self, alone, config):
        self.alone, self.controller, self.editor = alone, alone.controller, alone.editor
        self.view = alone.show("Boundary", 1000, 800)
        self.gallery = GalleryOpener(self.view, alone.controller, alone.editor, alone.appearance)
        self.board, self.board_tools = self.view.board, self.view.board_tools
        alone.start(config, wait=False)


@pytest.fixture
def drawn(open_alone):
    """An empty board."""
    board = Board(open_alone(), RunConfig(data=DataConfig("drawn")))
    yield board
    board.gallery.close()


@pytest.fixture
def gallery(drawn, open_gallery):
    return open_gallery(drawn)


@pytest.fixture
def is_shown(qtbot):
    """Return a function that waits until a window or a board shows what a recipe makes."""

    def is_shown(window, recipe: GeneratorConfig):
        expected, controller = generate(recipe), window.controller
        has_views = isinstance(window, MainWindow)
        board = (window.views["Boundary"] if has_views else window.view).board

        def is_there():
            points = controller.run.points
            return (
                not controller.background.is_busy("load")
                and points.class_names == expected.class_names
                and np.array_equal(points.xy, expected.xy)
                and np.array_equal(points.labels, expected.labels)
                and board.points is points
                and controller.run.task.dataset.n == len(expected)
            )

        qtbot.waitUntil(is_there, timeout=PATIENCE_MS)

    return is_shown


def handle_of(slider):
    """Return the middle of a slider's handle."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    part = QStyle.SubControl.SC_SliderHandle
    rect = slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, slider)
    return rect.center()


def drag(qtbot, slider, *shifts):
    """Drag a slider's handle by so many pixels, one place after the other."""
    start = handle_of(slider)
    qtbot.mousePress(slider, LEFT, pos=start)
    for shift in shifts:
        qtbot.mouseMove(slider, start + QPoint(shift, 0))
        yield
    qtbot.mouseRelease(slider, LEFT, pos=start + QPoint(shifts[-1] if shifts else 0, 0))
    yield


# Choosing ---------------------------------------------------------------------------------------


def test_opening_it_on_an_empty_board_draws_what_is_chosen_among_thumbnails_that_differ(
    gallery, drawn, is_shown, pixels
):
    is_shown(drawn, GeneratorConfig())
    assert [k for k, t in gallery.thumbnails.items() if t.isChecked()] == [GeneratorConfig().kind]
    assert set(gallery.thumbnails) == set(KINDS)

    pictures = [pixels(thumbnail) for thumbnail in gallery.thumbnails.values()]
    for i, picture in enumerate(pictures):
        assert not any(np.array_equal(picture, other) for other in pictures[:i])
        for k in range(2):
            colour = look.rgb(look.LIGHT.class_colour(k))
            assert (np.abs(picture - colour).max(axis=2) < 12).any()


def test_opening_it_leaves_points_that_are_there(drawn, open_gallery, click_plane, qtbot):
    click_plane(drawn.view, 1, 1)
    qtbot.waitUntil(lambda: drawn.controller.run.task.dataset.n == 1)
    open_gallery(drawn)
    assert len(drawn.editor.points) == drawn.controller.run.task.dataset.n == 1


def test_a_thumbnail_puts_its_points_on_the_board_and_what_its_kind_has_can_be_chosen(
    qtbot, gallery, drawn, is_shown
):
    for kind, row in KINDS.items():
        qtbot.mouseClick(gallery.thumbnails[kind], LEFT)
        is_shown(drawn, GeneratorConfig(kind))
        assert [k for k, t in gallery.thumbnails.items() if t.isChecked()] == [kind]
        assert gallery.classes_field.isEnabled() == (not row.classes)
        assert gallery.sliders["margin"].isEnabled() == (kind == "separable")


def test_space_trains_also_while_the_gallery_has_the_keys_and_goes_on_while_a_knob_is_turned(
    qtbot, window, open_gallery, is_shown, reach
):
    gallery = open_gallery(window)
    qtbot.mouseClick(gallery.thumbnails["toy"], LEFT)
    is_shown(window, GeneratorConfig("toy"))
    qtbot.keyClick(gallery, Qt.Key.Key_Space)
    step = reach(window, Status.TRAINING).step
    gallery.sliders["noise"].setValue(60)
    is_shown(window, GeneratorConfig("toy", noise=0.6))
    controller = window.controller
    qtbot.waitUntil(
        lambda: controller.is_training and controller.snapshot and controller.snapshot.step > step,
        timeout=PATIENCE_MS,
    )


def test_the_board_edits_what_was_made(qtbot, gallery, drawn, is_shown, click_plane):
    qtbot.mouseClick(gallery.thumbnails["moons"], LEFT)
    is_shown(drawn, GeneratorConfig("moons"))
    click_plane(drawn.view, 4.8, 4.8)
    qtbot.waitUntil(lambda: drawn.controller.run.task.dataset.n == 201)


# Knobs --------------------------------------------------------------------------------------------


def test_a_number_acts_at_once(gallery, drawn, enter, is_shown):
    of_75 = replace(GeneratorConfig(), size=75)
    of_six = replace(of_75, classes=6)
    for field, text, recipe in (
        (gallery.size_field, "75", of_75),
        (gallery.classes_field, "6", of_six),
        (gallery.seed_field, "42", replace(of_six, seed=42)),
    ):
        enter(field, text)
        is_shown(drawn, recipe)


@pytest.mark.parametrize("name", ["noise", "imbalance", "flipped", "margin"])
def test_a_slider_acts_while_it_is_dragged_and_is_one_undo(qtbot, gallery, drawn, is_shown, name):
    qtbot.mouseClick(gallery.thumbnails["separable"], LEFT)
    is_shown(drawn, GeneratorConfig("separable"))
    before, count = drawn.controller.run.points, drawn.controller.undo_stack.count()
    slider = gallery.sliders[name]
    seen = []
    for _ in drag(qtbot, slider, 12, 25, 40):
        seen.append(slider.value())
        is_shown(drawn, replace(GeneratorConfig("separable"), **{name: slider.value() / 100}))
    assert len(set(seen)) == 3
    assert drawn.controller.undo_stack.count() == count + 1
    assert drawn.controller.undo_stack.undoText() == "generate separable"
    drawn.controller.undo_stack.undo()
    assert drawn.controller.run.points is before


def test_a_slider_that_is_pressed_and_let_go_changes_nothing(
    qtbot, gallery, drawn, is_shown, click_plane
):
    qtbot.mouseClick(gallery.thumbnails["toy"], LEFT)
    is_shown(drawn, GeneratorConfig("toy"))
    click_plane(drawn.view, 4.8, -4.8)
    qtbot.waitUntil(lambda: drawn.controller.run.task.dataset.n == 201)
    count = drawn.controller.undo_stack.count()
    for _ in drag(qtbot, gallery.sliders["noise"]):
        pass
    qtbot.waitUntil(lambda: not drawn.controller.background.is_busy("load"))
    assert drawn.controller.undo_stack.count() == count
    assert len(drawn.board.points) == 201


def test_a_slider_moved_by_keys_says_its_value(qtbot, gallery, drawn, is_shown, words):
    qtbot.keyClick(gallery.sliders["noise"], Qt.Key.Key_Right)
    is_shown(drawn, GeneratorConfig(noise=0.31))
    assert "0.31" in words(gallery).split("\n")


# Elsewhere ----------------------------------------------------------------------------------------


def test_opened_from_iris_it_switches_to_drawn_points(qtbot, window, open_gallery, is_shown):
    gallery = open_gallery(window)
    is_shown(window, GeneratorConfig())
    assert window.controller.run.task.config.data.source == "drawn"
    assert window.rail.source.button("drawn").isChecked()
    qtbot.keyClick(gallery, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.controller.run.task.dataset.name == "Iris"  # one undo goes all the way back


def test_opened_from_iris_it_goes_back_to_points_that_were_drawn(
    open_window, open_gallery, click_plane, new_run, qtbot
):
    window = open_window(RunConfig(data=DataConfig("drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None, timeout=PATIENCE_MS)
    board = window.views["Boundary"]
    click_plane(board, 1, 1)
    qtbot.waitUntil(lambda: window.controller.run.task.dataset.n == 1)
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("iris"), LEFT)
    with new_run(window):
        open_gallery(window)
    assert window.controller.run.task.dataset.n == len(board.board.points) == 1


def test_what_was_learnt_of_iris_is_nothing_to_points(
    qtbot, open_alone, open_gallery, is_shown, new_run
):
    drawn = Board(open_alone(), RunConfig(training=TrainingConfig(epochs=5)))
    alone, controller = drawn.alone, drawn.controller
    gallery = open_gallery(drawn)
    with new_run(alone):
        alone.loader.load(RunConfig(training=TrainingConfig(epochs=5)))
    alone.finish()
    assert controller.snapshot.params.W.shape == (3, 2)  # as that of three blobs will be
    assert controller.snapshot.params.W.any()
    qtbot.mouseClick(gallery.thumbnails["blobs"], LEFT)
    is_shown(drawn, GeneratorConfig("blobs"))
    alone.until(lambda: controller.snapshot is not None)
    assert controller.snapshot.status is Status.READY
    assert controller.snapshot.step == 0 and not controller.snapshot.params.W.any()
    drawn.gallery.close()


def test_it_opens_from_the_tools_and_is_one_dialog(qtbot, open_window):
    window = open_window(RunConfig(data=DataConfig("drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None, timeout=PATIENCE_MS)
    for _ in range(2):
        qtbot.mouseClick(window.views["Boundary"].board_tools.generate, LEFT)
    (gallery,) = window.findChildren(Gallery)
    assert gallery.isVisible() and not gallery.isModal()
    (done,) = (b for b in gallery.findChildren(QPushButton) if b.text() == "Done")
    qtbot.mouseClick(done, LEFT)
    assert not gallery.isVisible() and window.isVisible()


@pytest.mark.parametrize("change_later", [False, True])
def test_it_follows_the_theme(qtbot, open_window, open_gallery, is_shown, pixels, change_later):
    window = open_window(
        RunConfig(data=DataConfig("drawn")),
        wait=False,
        theme="light" if change_later else "dark",
    )
    qtbot.waitUntil(lambda: window.controller.run is not None, timeout=PATIENCE_MS)
    gallery = open_gallery(window)
    if change_later:
        window.appearance.choose("dark")
    picture = pixels(gallery)
    background = look.rgb(look.DARK.background)
    assert (picture[2, 2] == background).all()
    thumbnail = pixels(gallery.thumbnails["circles"])
    panel = look.rgb(look.DARK.panel)
    assert (np.abs(thumbnail - panel) <= 2).all(axis=2).mean() > 0.3
    for k in range(3):
        colour = look.rgb(look.DARK.class_colour(k))
        assert (np.abs(thumbnail - colour).max(axis=2) < 12).any()
