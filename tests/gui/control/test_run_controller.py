"""Runs: the same numbers as in the terminal, changes and undo, and what goes wrong in between."""

from __future__ import annotations

import math
import struct
import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QProgressBar

from core.cli.training import train
from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare
from core.runs import model_file
from core.runs.commands import SetSpeed
from core.runs.model import Model
from core.runs.session import Session
from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.control import play_key
from gui.control.run_controller import EPOCH_A_SECOND, FLAT_OUT
from gui.window.run_bar import SPEEDS

PATIENCE_MS = 30_000

ENDLESS = RunConfig(training=TrainingConfig(epochs=10**9))
SHORT = RunConfig(training=TrainingConfig(epochs=5))

SAME_NUMBERS = {
    "iris-softmax": SHORT,
    "iris-binary": RunConfig(model=ModelConfig(kind="binary"), training=SHORT.training),
    "iris-random": RunConfig(model=ModelConfig(init="random"), training=SHORT.training),
    "digits": RunConfig(data=DataConfig(source="digits"), training=TrainingConfig(epochs=3)),
}


def trained_in_the_terminal(config: RunConfig):
    return train(prepare(sources.load(config.data), config))


def press(qtbot, window, *keys) -> None:
    for key in keys:
        qtbot.keyClick(window, key)


def undo(qtbot, window) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def redo(qtbot, window) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Z, both)


# The same numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("config", SAME_NUMBERS.values(), ids=SAME_NUMBERS.keys())
def test_a_run_flat_out_ends_at_the_weights_of_the_terminal(open_window, finish, config):
    snapshot = finish(open_window(config), FLAT_OUT)
    expected = trained_in_the_terminal(config)
    assert snapshot.params.W.tolist() == expected.params.W.tolist()
    assert snapshot.params.b.tolist() == expected.params.b.tolist()
    assert snapshot.metrics.test_loss == expected.metrics.test_loss


@pytest.mark.parametrize("speed", [50, 1000])
def test_a_paced_run_ends_at_the_weights_of_the_terminal(open_window, finish, speed):
    snapshot = finish(open_window(SHORT), speed)
    expected = trained_in_the_terminal(SHORT)
    assert snapshot.params.W.tolist() == expected.params.W.tolist()
    assert snapshot.params.b.tolist() == expected.params.b.tolist()


def test_pausing_and_single_steps_change_no_number(qtbot, open_window, finish, reach):
    window = open_window(SHORT)
    window.run_bar.set_speed(SPEEDS.index(1))  # it is not over before it is paused
    press(qtbot, window, "s", "s", Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 2)
    press(qtbot, window, Qt.Key.Key_Space)
    reach(window, Status.PAUSED)
    snapshot = finish(window)
    assert snapshot.params.W.tolist() == trained_in_the_terminal(SHORT).params.W.tolist()


def test_training_again_after_reset_gives_the_same_weights(qtbot, open_window, finish, reach):
    window = open_window(SHORT)
    first = finish(window)
    press(qtbot, window, "r")
    reach(window, Status.READY)
    second = finish(window)
    np.testing.assert_array_equal(second.params.W, first.params.W)
    np.testing.assert_array_equal(second.params.b, first.params.b)


def test_a_press_just_after_the_end_starts_no_other_run(
    qtbot, open_window, finish, reach, monkeypatch
):
    window = open_window(SHORT)
    monkeypatch.setattr(play_key, "REST_MS", 10**9)
    end = finish(window)
    press(qtbot, window, Qt.Key.Key_Space)
    assert "Finished" in window.banner.text
    monkeypatch.setattr(play_key, "REST_MS", 0)
    qtbot.waitUntil(lambda: window.controller.is_at_rest, timeout=PATIENCE_MS)
    assert window.controller.snapshot.step == end.step
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > end.step, timeout=PATIENCE_MS)


def test_a_press_after_the_one_that_an_end_has_taken_trains_on(qtbot, open_window, finish):
    window = open_window(SHORT)
    end = finish(window)
    press(qtbot, window, Qt.Key.Key_Space, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > end.step, timeout=PATIENCE_MS)


def test_of_quick_presses_each_counts(qtbot, open_window, reach):
    window = open_window(ENDLESS)
    press(qtbot, window, *[Qt.Key.Key_Space] * 8)  # before any snapshot tells of the first
    assert not window.controller.is_training
    qtbot.waitUntil(lambda: window.controller.is_at_rest, timeout=PATIENCE_MS)
    press(qtbot, window, *[Qt.Key.Key_Space] * 9)
    assert window.controller.is_training
    reach(window, Status.TRAINING)
    press(qtbot, window, "s", Qt.Key.Key_Space, "s")
    reach(window, Status.PAUSED)
    qtbot.waitUntil(lambda: window.controller.is_at_rest, timeout=PATIENCE_MS)


def test_a_key_that_is_held_is_one_press(qtbot, open_window, reach):
    window = open_window(ENDLESS)
    for field in (window.stage, window.knobs.kind, window.knobs.learning_rate):
        field.setFocus()
        qtbot.keyPress(field, Qt.Key.Key_Space)
        reach(window, Status.TRAINING)
        for _ in range(3):
            held = QKeyEvent(
                QEvent.Type.KeyPress,
                Qt.Key.Key_Space,
                Qt.KeyboardModifier.NoModifier,
                " ",
                autorep=True,
            )
            QApplication.sendEvent(field, held)
        assert window.controller.is_training
        assert QApplication.activePopupWidget() is None
        press(qtbot, window, Qt.Key.Key_Space)
        reach(window, Status.PAUSED)


def test_a_press_while_the_first_data_load_counts(qtbot, open_window, reach):
    window = open_window(ENDLESS, wait=False)
    assert window.controller.run is None
    qtbot.mouseClick(window.run_bar.play_button, Qt.MouseButton.LeftButton)
    reach(window, Status.TRAINING)
    press(qtbot, window, Qt.Key.Key_Space)
    reach(window, Status.PAUSED)


def test_a_slower_speed_is_kept(qtbot, open_window, reach):
    window = open_window(ENDLESS)
    window.run_bar.set_speed(SPEEDS.index(20))
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step >= 12, timeout=10_000)
    assert window.controller.snapshot.pace.steps == pytest.approx(20, rel=0.35)


def test_an_epoch_a_second_follows_the_batch_size(window, enter, monkeypatch):
    sent = []
    monkeypatch.setattr(Session, "send", lambda self, command: sent.append(command))
    n = len(window.controller.run.task.train_rows)
    window.run_bar.set_speed(SPEEDS.index(EPOCH_A_SECOND))
    assert sent[-1] == SetSpeed(math.ceil(n / window.controller.settings.batch_size))
    enter(window.setup.training.batch_size, "7")
    assert sent[-1] == SetSpeed(math.ceil(n / 7))


# Changes and undo -----------------------------------------------------------------------------


def test_ctrl_z_brings_the_trained_weights_back_and_redo_goes_on(
    qtbot, open_window, finish, new_run
):
    window = open_window(SHORT)
    trained = finish(window)
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    assert window.controller.run.task.dataset.name.startswith("Digits")
    assert window.controller.snapshot.step == 0
    with new_run(window):
        undo(qtbot, window)
    assert window.controller.run.task.dataset.name == "Iris"
    np.testing.assert_array_equal(window.controller.snapshot.params.W, trained.params.W)
    assert window.controller.snapshot.step == trained.step
    assert window.rail.source.button("iris").isChecked()
    with new_run(window):
        redo(qtbot, window)
    assert window.controller.run.task.dataset.name.startswith("Digits")
    assert window.rail.source.button("digits").isChecked()


def test_a_run_that_is_brought_back_trains_on_as_if_it_had_never_gone(
    qtbot, open_window, finish, reach, new_run
):
    window = open_window(SHORT)
    press(qtbot, window, "s", "s", "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 3)
    with new_run(window):
        qtbot.mouseClick(window.setup.model.kind.button("binary"), Qt.MouseButton.LeftButton)
    finish(window)
    with new_run(window):
        undo(qtbot, window)
    snapshot = finish(window)
    assert snapshot.params.W.tolist() == trained_in_the_terminal(SHORT).params.W.tolist()


def test_undo_remembers_as_many_runs_as_it_offers(qtbot, open_window, finish, new_run):
    window = open_window(SHORT)
    trained = finish(window)
    limit = window.controller.undo_stack.undoLimit()
    fields = (
        window.setup.data.split_seed,
        window.setup.training.seed,
    )  # of one alone all changes are one undo
    for seed in range(limit):
        with new_run(window):
            fields[seed % 2].setValue(1000 + seed)
    for _ in range(limit):
        with new_run(window):
            undo(qtbot, window)
    np.testing.assert_array_equal(window.controller.snapshot.params.W, trained.params.W)


def test_a_setting_changed_while_there_is_nothing_to_train_leaves_the_run_before_alone(
    qtbot, open_window, finish, new_run, enter
):
    window = open_window(SHORT)
    finish(window)
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("drawn"), Qt.MouseButton.LeftButton)
    enter(window.setup.training.learning_rate, "7")
    with new_run(window):
        undo(qtbot, window)
    assert window.controller.snapshot.settings.learning_rate == SHORT.training.learning_rate
    assert window.setup.training.learning_rate.value() == SHORT.training.learning_rate


def test_no_snapshot_of_an_old_run_reaches_a_view(qtbot, open_window, new_run, monkeypatch):
    window = open_window(ENDLESS)
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    seen: list[tuple[int, int]] = []
    for view in window.views.made:
        receive = view.receive_snapshot

        def spy(snapshot, receive=receive):
            seen.append((snapshot.run, window.controller.run.number))
            receive(snapshot)

        monkeypatch.setattr(view, "receive_snapshot", spy)
    for kind in ("binary", "softmax", "binary"):
        press(qtbot, window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: window.controller.snapshot.step > 100)
        with new_run(window):
            qtbot.mouseClick(window.setup.model.kind.button(kind), Qt.MouseButton.LeftButton)
    assert len({run for run, _ in seen}) == 4
    assert all(run == shown for run, shown in seen)


def test_tick_drops_a_snapshot_of_another_run(qtbot, window, snapshot_of, monkeypatch):
    from core.train.trainer import Trainer

    stranger = snapshot_of(Trainer(replace(window.controller.run.task)))
    told: list[object] = []
    window.controller.snapshot_changed.connect(told.append)
    monkeypatch.setattr("core.runs.mailbox.Mailbox.take", lambda self: stranger)
    window.controller.tick()
    assert not told
    assert window.controller.snapshot is not stranger


# What goes wrong ------------------------------------------------------------------------------


def test_divergence_is_told_in_words_with_the_step_and_a_remedy(qtbot, open_window, reach, enter):
    window = open_window()
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    enter(window.setup.training.learning_rate, "1000")
    press(qtbot, window, Qt.Key.Key_Space)
    reach(window, Status.DIVERGED)
    qtbot.waitUntil(window.banner.button.isVisible, timeout=PATIENCE_MS)
    snapshot = window.controller.snapshot
    assert "Diverged at step" in window.notice.text
    assert "η = 1000" in window.notice.text
    assert window.banner.button.text() == f"Try η = {snapshot.suggested_learning_rate:g}"
    assert np.isfinite(snapshot.params.W).all()
    assert np.isfinite(snapshot.curves.train_loss).all()


def test_one_press_recovers_from_divergence_and_learns(qtbot, open_window, reach, enter):
    window = open_window()
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    enter(window.setup.training.learning_rate, "1000")
    press(qtbot, window, Qt.Key.Key_Space)
    reach(window, Status.DIVERGED)
    qtbot.waitUntil(window.banner.button.isVisible, timeout=PATIENCE_MS)
    remedy = window.controller.snapshot.suggested_learning_rate
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    snapshot = reach(window, Status.FINISHED)
    assert snapshot.settings.learning_rate == remedy
    assert window.setup.training.learning_rate.value() == remedy
    assert snapshot.metrics.train_loss < 0.3
    assert not window.banner.button.isVisible()


def test_where_no_rate_helps_there_is_no_button_but_the_setting_to_blame(qtbot, open_window):
    training = TrainingConfig(weight_decay=300.0, batch_size=None)
    window = open_window(RunConfig(training=training))
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "λ = 300" in window.notice.text, timeout=PATIENCE_MS)
    assert not window.banner.button.isVisible() and window.notice.is_trouble


def test_a_finished_run_that_did_not_come_to_rest_says_so(qtbot, open_window):
    window = open_window(RunConfig(training=TrainingConfig(weight_decay=0.01, epochs=3)))
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Not converged" in window.notice.text, timeout=PATIENCE_MS)
    assert "Finished 3 epochs." in window.notice.text and not window.notice.is_trouble


def test_an_error_on_the_training_thread_reaches_the_person_and_training_works_again(
    qtbot, open_window, monkeypatch
):
    window = open_window(ENDLESS)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 3)

    def fail(self):
        raise RuntimeError("the cat sat on the keyboard")

    monkeypatch.setattr("core.train.trainer.Trainer.advance", fail)
    qtbot.waitUntil(lambda: "the cat sat on the keyboard" in window.notice.text)
    monkeypatch.undo()
    # The message stays, and the button offers to train again.
    qtbot.waitUntil(lambda: not window.controller.is_training)
    assert "the cat sat on the keyboard" in window.notice.text
    assert window.run_bar.play_button.accessibleName() == "Train"
    assert np.isfinite(window.controller.snapshot.params.W).all()

    monkeypatch.setattr("core.train.trainer.Trainer.advance", lambda self: 1 / 0)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in window.notice.text)
    qtbot.waitUntil(lambda: not window.controller.is_training)
    monkeypatch.undo()
    step = window.controller.snapshot.step
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 3)


def test_a_message_is_not_overwritten_by_the_next_frame(qtbot, open_window):
    window = open_window(ENDLESS)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 3)
    window.controller.failed.emit("Something is amiss.")
    step = window.controller.snapshot.step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 10)
    assert window.notice.text == "Something is amiss."
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Paused" in window.notice.text)


def test_train_is_off_while_there_is_nothing_to_train_on(qtbot, window, new_run, click_plane):
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("drawn"), Qt.MouseButton.LeftButton)
    assert not window.run_bar.play_button.isEnabled()
    assert not window.run_bar.step_button.isEnabled()
    assert window.notice.text == window.controller.run.task.obstacle
    assert "no points yet" in window.notice.text
    press(qtbot, window, Qt.Key.Key_Space, "s", "r")
    assert window.controller.snapshot is None
    assert "no points yet" in window.notice.text

    with new_run(window):
        click_plane(window.views["Boundary"], 1, 1)
    assert not window.run_bar.play_button.isEnabled()
    assert "one class, “A”" in window.notice.text


# Data from a folder ---------------------------------------------------------------------------

N_TRAIN, N_TEST, SIDE = 60, 30, 6


@pytest.fixture
def idx_folder(tmp_path):
    """A folder with four small files in MNIST's form."""
    rng = np.random.Generator(np.random.PCG64(0))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for stem, n in (("train", N_TRAIN), ("t10k", N_TEST)):
        images = rng.integers(0, 256, (n, SIDE, SIDE), dtype=np.uint8)
        head = struct.pack(">4I", 0x0803, n, SIDE, SIDE)
        (folder / f"{stem}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        labels = (np.arange(n) % 10).astype(np.uint8)
        head = struct.pack(">2I", 0x0801, n)
        (folder / f"{stem}-labels-idx1-ubyte").write_bytes(head + labels.tobytes())
    return folder


@pytest.fixture
def choose_folder(window, monkeypatch):
    """Return a function that chooses a folder by the menu, as if in the system's dialog."""

    def choose(folder) -> None:
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
        action = next(a for a in window.findChildren(QAction) if a.text() == "MNIST &folder…")
        action.trigger()

    return choose


def test_a_folder_of_idx_files_is_shown_as_weight_images(
    qtbot, window, new_run, choose_folder, idx_folder, finish
):
    with new_run(window):
        choose_folder(idx_folder)
    task = window.controller.run.task
    assert (len(task.train_rows), len(task.test_rows)) == (N_TRAIN, N_TEST)
    assert task.dataset.image_shape == (SIDE, SIDE)
    assert window.stage.current == "Weights"
    assert "Boundary" not in window.stage.available
    assert finish(window).params.W.shape == (10, SIDE * SIDE)


def test_the_boundary_comes_back_with_data_that_have_a_plane(
    qtbot, window, new_run, choose_folder, idx_folder
):
    with new_run(window):
        choose_folder(idx_folder)
    qtbot.keyClick(window, "1")  # its tab is away, and so is its key
    assert window.stage.current == "Weights"
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("iris"), Qt.MouseButton.LeftButton)
    assert window.stage.current == "Boundary"


def test_a_folder_without_data_is_told_and_another_can_be_chosen(
    qtbot, window, new_run, choose_folder, idx_folder, tmp_path, monkeypatch
):
    press(qtbot, window, "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)
    before, snapshot = window.controller.run, window.controller.snapshot
    empty = tmp_path / "empty"
    empty.mkdir()
    choose_folder(empty)
    qtbot.waitUntil(window.banner.button.isVisible)
    assert str(empty) in window.notice.text
    assert window.controller.run is before
    assert window.controller.snapshot.step == snapshot.step
    assert window.rail.source.button("iris").isChecked()
    assert window.run_bar.play_button.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(idx_folder))
    with new_run(window):
        qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    assert window.controller.run.task.dataset.image_shape == (SIDE, SIDE)


def test_a_damaged_file_is_named_and_the_old_run_stays(
    qtbot, window, choose_folder, idx_folder, finish
):
    snapshot, before = finish(window), window.controller.run
    path = idx_folder / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-100])
    choose_folder(idx_folder)
    qtbot.waitUntil(lambda: path.name in window.notice.text)
    assert "breaks off" in window.notice.text
    assert window.controller.run is before
    np.testing.assert_array_equal(window.controller.snapshot.params.W, snapshot.params.W)
    assert window.rail.source.button("iris").isChecked()


def test_undo_while_data_are_loading_ends_the_waiting(
    qtbot, window, new_run, choose_folder, idx_folder, monkeypatch
):
    with new_run(window):
        qtbot.mouseClick(window.setup.model.kind.button("binary"), Qt.MouseButton.LeftButton)
    go_on, load = threading.Event(), sources.load

    def slow(config):
        go_on.wait(20)
        return load(config)

    monkeypatch.setattr(sources, "load", slow)
    choose_folder(idx_folder)
    (bar,) = window.notice.findChildren(QProgressBar)
    qtbot.waitUntil(bar.isVisible)
    undo(qtbot, window)
    go_on.set()
    qtbot.waitUntil(lambda: not window.controller.background.is_busy("load"))
    assert not bar.isVisible()
    assert window.controller.run.task.dataset.name == "Iris"


# Teaching ---------------------------------------------------------------------------------------


@pytest.fixture
def digits_window(open_window):
    """A window on the 8×8 digits, trained for a few steps."""
    return open_window(RunConfig(DataConfig("digits"), training=TrainingConfig(epochs=10**6)))


def teach(qtbot, window, label=3):
    before = window.controller.run
    picture = np.full((1, 64), 16, dtype=np.uint8)
    window.editor.teach(picture, np.array([label]), "teach a 3")
    qtbot.waitUntil(
        lambda: window.controller.run is not before and window.controller.snapshot is not None
    )
    return picture


FORMS = {
    "csv": ["mine.csv"],
    "idx": ["mine-images-idx3-ubyte", "mine-labels-idx1-ubyte"],
    "png": ["mine-1-3.png"],
}


def test_a_taught_picture_trains_from_then_on_goes_out_is_undone_and_stays(
    qtbot, digits_window, tmp_path
):
    window, controller = digits_window, digits_window.controller
    action = next(a for a in window.findChildren(QAction) if "taught" in a.text())
    action.trigger()
    assert "Nothing has been taught yet" in window.notice.text

    rows, n = len(controller.run.task.train_rows), controller.run.task.dataset.n
    picture = teach(qtbot, window)
    task = controller.run.task
    assert len(task.train_rows) == rows + 1
    assert np.array_equal(task.dataset.X[task.train_rows[:1]], picture)
    assert task.dataset.y[task.train_rows[0]] == 3

    for ending, names in FORMS.items():
        folder = tmp_path / ending
        folder.mkdir()
        window.notice.show_message("")
        controller.files.export_digits(task.source, folder / f"mine.{ending}")
        qtbot.waitUntil(lambda: "Saved 1 taught digit" in window.notice.text)
        assert sorted(path.name for path in folder.iterdir()) == names
    image = QImage(str(tmp_path / "png" / "mine-1-3.png"))
    assert (image.width(), image.pixelColor(3, 3).red()) == (8, 255 * int(picture[0, 0]) // 16)

    controller.undo_stack.undo()
    assert controller.run.task.dataset.n == n
    controller.undo_stack.redo()
    assert controller.run.task.dataset.n == n + 1

    before = controller.run
    window.loader.change("another start", model=ModelConfig(init="random"))
    qtbot.waitUntil(lambda: controller.run is not before)
    assert controller.run.task.dataset.added == 1


def test_teaching_keeps_the_weights_and_goes_on_training(qtbot, digits_window):
    window = digits_window
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 20)
    step = window.controller.snapshot.step
    teach(qtbot, window)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 20)
    assert window.controller.is_training
    assert "example" in [mark.text for mark in window.controller.snapshot.curves.marks]


def test_a_confident_lesson_changes_the_models_mind(qtbot, digits_window):
    window = digits_window
    picture = teach(qtbot, window, label=7)
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 2000, timeout=30_000)
    params = window.controller.snapshot.params
    z = window.controller.run.task.inputs(picture / np.float32(16)) @ params.W.T + params.b
    assert z.argmax() == 7


# Models -----------------------------------------------------------------------------------------


def test_a_saved_model_opens_with_its_weights_and_trains_on(qtbot, open_window, reach, tmp_path):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10)))
    press(qtbot, window, Qt.Key.Key_Space)
    saved = reach(window, Status.FINISHED)
    path = tmp_path / "mine.safetensors"
    window.controller.files.save_model(window.controller.snapshot, path)
    qtbot.waitUntil(lambda: "Saved the model" in window.notice.text)
    press(qtbot, window, Qt.Key.Key_R)
    before = window.controller.run
    window.loader.open_model(path)
    qtbot.waitUntil(
        lambda: window.controller.run is not before and window.controller.snapshot is not None
    )
    opened = window.controller.snapshot
    assert np.array_equal(opened.params.W, saved.params.W)
    assert opened.metrics.train_loss == pytest.approx(saved.metrics.train_loss)
    press(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)


def test_a_file_that_is_no_model_or_one_of_drawn_points_is_told_and_leaves_the_run(
    qtbot, window, tmp_path
):
    path = tmp_path / "no.safetensors"
    path.write_bytes(b"a cat sat on the keyboard")
    before = window.controller.run
    window.loader.open_model(path)
    qtbot.waitUntil(lambda: "no.safetensors" in window.notice.text)
    assert window.controller.run is before

    task = prepare(
        sources.drawn(Points().put([[0, 0], [0, 1]], 0).put([[3, 0], [3, 1]], 1)),
        RunConfig(DataConfig("drawn")),
    )
    trainer = Trainer(task)
    path = tmp_path / "drawn.safetensors"
    model_file.save(Model.of(task, trainer.params(), 0, 0, trainer.metrics), path)
    window.loader.open_model(path)
    qtbot.waitUntil(lambda: "drawn points, which a model file does not hold" in window.notice.text)
    assert window.controller.run is before


def test_a_change_that_comes_before_the_last_one_is_ready_loses_neither(qtbot, window):
    setup, controller = window.setup, window.controller
    setup.data.split_seed.setValue(7)
    qtbot.mouseClick(setup.data.standardise, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(setup.model.kind.button("ovr"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: controller.run.task.config.model.kind == "ovr", timeout=PATIENCE_MS)
    data = controller.run.task.config.data
    assert (data.split_seed, data.standardise) == (7, False)
    assert setup.data.split_seed.value() == 7 and not setup.data.standardise.isChecked()


def test_a_change_amid_a_digit_that_is_taught_keeps_it(qtbot, open_window):
    window = open_window(RunConfig(data=DataConfig("digits")))
    controller, before = window.controller, window.controller.run.task.source
    window.editor.teach(np.full((1, before.m), 3, dtype=np.uint8), np.array([3]), "teach")
    window.setup.data.split_seed.setValue(7)
    qtbot.waitUntil(lambda: controller.run.task.config.data.split_seed == 7, timeout=PATIENCE_MS)
    assert controller.run.task.source.n == before.n + 1


def test_digits_that_are_taught_in_a_row_are_all_taught(qtbot, open_window):
    window = open_window(RunConfig(data=DataConfig("digits")))
    controller, before = window.controller, window.controller.run.task.source
    for label in (3, 4, 5):
        window.editor.teach(
            np.full((1, before.m), label, dtype=np.uint8), np.array([label]), "teach"
        )
    qtbot.waitUntil(lambda: controller.run.task.source.n == before.n + 3, timeout=PATIENCE_MS)
    assert controller.run.task.source.y[:3].tolist() == [3, 4, 5]


@pytest.fixture
def held_up(monkeypatch):
    """Return a function that lets the next task be made ready; until then each waits for it."""
    turns = threading.Semaphore(0)

    def slow(*about):
        turns.acquire(timeout=30)
        return prepare(*about)

    for module in ("data_loader", "data_editor"):
        monkeypatch.setattr(f"gui.control.{module}.prepare", slow)
    yield turns.release
    turns.release(10)


def test_a_change_keeps_the_one_that_is_made_ready_though_an_older_one_has_just_come(
    qtbot, window, held_up
):
    setup, controller = window.setup, window.controller
    setup.data.split_seed.setValue(7)
    qtbot.mouseClick(setup.data.standardise, Qt.MouseButton.LeftButton)
    held_up()
    qtbot.waitUntil(lambda: controller.run.task.config.data.split_seed == 7, timeout=PATIENCE_MS)
    qtbot.mouseClick(setup.model.kind.button("ovr"), Qt.MouseButton.LeftButton)
    held_up()
    held_up()
    qtbot.waitUntil(lambda: controller.run.task.config.model.kind == "ovr", timeout=PATIENCE_MS)
    data = controller.run.task.config.data
    assert (data.split_seed, data.standardise) == (7, False)


def test_a_digit_keeps_the_one_that_is_being_taught_though_an_older_one_has_just_come(
    qtbot, open_window, held_up
):
    held_up()
    window = open_window(RunConfig(data=DataConfig("digits")))
    controller, source = window.controller, window.controller.run.task.source

    def teach(label):
        picture = np.full((1, source.m), label, dtype=np.uint8)
        window.editor.teach(picture, np.array([label]), "teach")

    teach(3)
    teach(4)
    held_up()
    qtbot.waitUntil(lambda: controller.run.task.source.n == source.n + 1, timeout=PATIENCE_MS)
    teach(5)
    held_up()
    held_up()
    qtbot.waitUntil(lambda: controller.run.task.source.n == source.n + 3, timeout=PATIENCE_MS)
    assert controller.run.task.source.y[:3].tolist() == [3, 4, 5]


def test_the_play_key_works_at_once_after_an_undo_amid_a_change(
    qtbot, open_window, new_run, held_up
):
    held_up()
    window = open_window(ENDLESS)
    held_up()
    with new_run(window):
        window.setup.data.split_seed.setValue(7)
    window.setup.training.seed.setValue(3)  # is still being made ready
    with new_run(window):
        undo(qtbot, window)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 3, timeout=PATIENCE_MS)
