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


@pytest.fixture
def begun(open_alone):
    """Return a function that makes the controllers of a window show a run, ready."""

    def begun(config=None):
        alone = open_alone()
        alone.start(config or RunConfig())
        return alone

    return begun


# The same numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("config", SAME_NUMBERS.values(), ids=SAME_NUMBERS.keys())
def test_a_run_flat_out_ends_at_the_weights_of_the_terminal(begun, config):
    snapshot = begun(config).finish()
    expected = trained_in_the_terminal(config)
    assert snapshot.params.W.tolist() == expected.params.W.tolist()
    assert snapshot.params.b.tolist() == expected.params.b.tolist()
    assert snapshot.metrics.test_loss == expected.metrics.test_loss


@pytest.mark.parametrize("speed", [50, 1000])
def test_a_paced_run_ends_at_the_weights_of_the_terminal(begun, speed):
    alone = begun(SHORT)
    alone.controller.set_speed(speed)
    snapshot = alone.finish()
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


def test_training_again_after_reset_gives_the_same_weights(begun):
    alone = begun(SHORT)
    first = alone.finish()
    alone.controller.reset()
    alone.reach(Status.READY)
    second = alone.finish()
    np.testing.assert_array_equal(second.params.W, first.params.W)
    np.testing.assert_array_equal(second.params.b, first.params.b)


def test_a_press_just_after_the_end_starts_no_other_run(qtbot, open_window, finish, monkeypatch):
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


def test_a_press_after_the_one_that_an_end_has_taken_trains_on(begun):
    alone = begun(SHORT)
    end = alone.finish()
    alone.controller.play_or_pause()
    alone.controller.play_or_pause()
    alone.until(lambda: alone.controller.snapshot.step > end.step)


def test_of_quick_presses_each_counts(begun):
    alone = begun(ENDLESS)
    controller = alone.controller
    for _ in range(8):  # before any snapshot tells of the first
        controller.play_or_pause()
    assert not controller.is_training
    alone.until(lambda: controller.is_at_rest)
    for _ in range(9):
        controller.play_or_pause()
    assert controller.is_training
    alone.reach(Status.TRAINING)
    controller.step()
    controller.play_or_pause()
    controller.step()
    alone.reach(Status.PAUSED)
    alone.until(lambda: controller.is_at_rest)


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


def test_a_slower_speed_is_kept(begun):
    alone = begun(ENDLESS)
    alone.controller.set_speed(20)
    alone.controller.play_or_pause()
    alone.until(lambda: alone.controller.snapshot.step >= 12)
    assert alone.controller.snapshot.pace.steps == pytest.approx(20, rel=0.35)


def test_an_epoch_a_second_follows_the_batch_size(begun, monkeypatch):
    sent, controller = [], begun().controller
    monkeypatch.setattr(Session, "send", lambda self, command: sent.append(command))
    n = len(controller.run.task.train_rows)
    controller.set_speed(EPOCH_A_SECOND)
    assert sent[-1] == SetSpeed(math.ceil(n / controller.settings.batch_size))
    controller.tune(batch_size=7)
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


def test_a_run_that_is_brought_back_trains_on_as_if_it_had_never_gone(begun):
    alone = begun(SHORT)
    alone.walk(3)
    with alone.new_run():
        alone.loader.change("another model", model=ModelConfig("binary"))
    alone.finish()
    with alone.new_run():
        alone.controller.undo_stack.undo()
    snapshot = alone.finish()
    assert snapshot.params.W.tolist() == trained_in_the_terminal(SHORT).params.W.tolist()


def test_undo_remembers_as_many_runs_as_it_offers(begun):
    alone = begun(SHORT)
    controller, trained = alone.controller, alone.finish()
    limit = controller.undo_stack.undoLimit()
    for seed in range(limit):  # of one field alone all changes are one undo
        config, name = controller.config, ("split", "training")[seed % 2]
        data = replace(config.data, split_seed=1000 + seed)
        training = replace(config.training, seed=1000 + seed)
        part = {"data": data} if name == "split" else {"training": training}
        with alone.new_run():
            alone.loader.change(name, **part)
    for _ in range(limit):
        with alone.new_run():
            controller.undo_stack.undo()
    np.testing.assert_array_equal(controller.snapshot.params.W, trained.params.W)


def test_a_setting_changed_while_there_is_nothing_to_train_leaves_the_run_before_alone(begun):
    alone = begun(SHORT)
    controller = alone.controller
    shown: list[TrainingConfig] = []
    controller.settings_changed.connect(shown.append)
    alone.finish()
    with alone.new_run():
        alone.loader.load(replace(SHORT, data=DataConfig("drawn")), "an empty board")
    controller.tune(learning_rate=7.0)
    assert shown[-1].learning_rate == 7.0
    with alone.new_run():
        controller.undo_stack.undo()
    assert controller.snapshot.settings.learning_rate == SHORT.training.learning_rate
    assert shown[-1].learning_rate == SHORT.training.learning_rate


def test_a_penalty_that_the_optimiser_cannot_take_is_refused_and_the_next_change_works(begun):
    alone = begun(RunConfig(training=TrainingConfig(optimiser="lbfgs")))
    controller = alone.controller
    controller.tune(l1=0.1)
    assert "needs a smooth loss" in alone.told[-1]
    assert controller.settings.l1 == 0
    with alone.new_run():
        alone.loader.change("another model", model=ModelConfig("ovr"))
    assert controller.config.training.optimiser == "lbfgs"


def test_no_snapshot_of_an_old_run_is_passed_on(begun):
    alone = begun(ENDLESS)
    controller, seen = alone.controller, [(alone.controller.run.number,) * 2]
    controller.snapshot_changed.connect(lambda s: seen.append((s.run, controller.run.number)))
    for kind in ("binary", "softmax", "binary"):
        controller.play_or_pause()
        alone.until(lambda: controller.snapshot.step > 100)
        with alone.new_run():
            alone.loader.change("model", model=ModelConfig(kind))
    assert len({run for run, _ in seen}) == 4
    assert all(run == shown for run, shown in seen)


def test_tick_drops_a_snapshot_of_another_run(begun, snapshot_of, monkeypatch):
    controller = begun().controller
    stranger = snapshot_of(Trainer(replace(controller.run.task)))
    told: list[object] = []
    controller.snapshot_changed.connect(told.append)
    monkeypatch.setattr("core.runs.mailbox.Mailbox.take", lambda self: stranger)
    controller.tick()
    assert not told
    assert controller.snapshot is not stranger


# What goes wrong ------------------------------------------------------------------------------


def test_divergence_is_told_with_the_step_and_a_remedy_from_which_one_press_learns(
    qtbot, open_window, reach, enter
):
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

    remedy = snapshot.suggested_learning_rate
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


def test_a_folder_of_idx_files_is_shown_as_weight_images_and_the_boundary_comes_back_with_a_plane(
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


def test_a_damaged_file_is_named_and_the_old_run_stays(begun, idx_folder):
    alone = begun(SHORT)
    snapshot, before = alone.finish(), alone.controller.run
    path = idx_folder / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-100])
    alone.loader.load(RunConfig(DataConfig("mnist", folder=str(idx_folder))))
    alone.until(lambda: any(path.name in words for words in alone.told))
    assert "breaks off" in alone.told[-1]
    assert alone.controller.run is before
    np.testing.assert_array_equal(alone.controller.snapshot.params.W, snapshot.params.W)


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


DIGITS = RunConfig(DataConfig("digits"), training=TrainingConfig(epochs=10**6))


def teach(alone, label=3):
    picture = np.full((1, 64), 16, dtype=np.uint8)
    with alone.new_run():
        alone.editor.teach(picture, np.array([label]), "teach a 3")
    return picture


FORMS = {
    "csv": ["mine.csv"],
    "idx": ["mine-images-idx3-ubyte", "mine-labels-idx1-ubyte"],
    "png": ["mine-1-3.png"],
}


def test_a_taught_picture_trains_from_then_on_goes_out_is_undone_and_stays(begun, tmp_path):
    alone = begun(DIGITS)
    controller = alone.controller
    rows, n = len(controller.run.task.train_rows), controller.run.task.dataset.n
    picture = teach(alone)
    task = controller.run.task
    assert len(task.train_rows) == rows + 1
    assert np.array_equal(task.dataset.X[task.train_rows[:1]], picture)
    assert task.dataset.y[task.train_rows[0]] == 3

    for ending, names in FORMS.items():
        folder = tmp_path / ending
        folder.mkdir()
        alone.told.clear()
        controller.files.export_digits(task.source, folder / f"mine.{ending}")
        alone.until(lambda: any("Saved 1 taught digit" in words for words in alone.told))
        assert sorted(path.name for path in folder.iterdir()) == names
    image = QImage(str(tmp_path / "png" / "mine-1-3.png"))
    assert (image.width(), image.pixelColor(3, 3).red()) == (8, 255 * int(picture[0, 0]) // 16)

    controller.undo_stack.undo()
    assert controller.run.task.dataset.n == n
    controller.undo_stack.redo()
    assert controller.run.task.dataset.n == n + 1

    with alone.new_run():
        alone.loader.change("another start", model=ModelConfig(init="random"))
    assert controller.run.task.dataset.added == 1


def test_where_nothing_was_taught_the_menu_says_so(window):
    action = next(a for a in window.findChildren(QAction) if "taught" in a.text())
    action.trigger()
    assert "Nothing has been taught yet" in window.notice.text


def test_teaching_keeps_the_weights_and_goes_on_training(begun):
    alone = begun(DIGITS)
    controller = alone.controller
    controller.play_or_pause()
    alone.until(lambda: controller.snapshot.step > 20)
    step = controller.snapshot.step
    teach(alone)
    alone.until(lambda: controller.snapshot.step > step + 20)
    assert controller.is_training
    assert "example" in [mark.text for mark in controller.snapshot.curves.marks]


def test_a_confident_lesson_changes_the_models_mind(begun):
    alone = begun(DIGITS)
    controller, picture = alone.controller, teach(alone, label=7)
    controller.play_or_pause()
    alone.until(lambda: controller.snapshot.step > 2000)
    params = controller.snapshot.params
    z = controller.run.task.inputs(picture / np.float32(16)) @ params.W.T + params.b
    assert z.argmax() == 7


# Models -----------------------------------------------------------------------------------------


def test_a_saved_model_opens_with_its_weights_and_trains_on(begun, tmp_path):
    alone = begun(RunConfig(training=TrainingConfig(epochs=10)))
    controller, saved = alone.controller, alone.finish()
    path = tmp_path / "mine.safetensors"
    controller.files.save_model(controller.snapshot, path)
    alone.until(lambda: any("Saved the model" in words for words in alone.told))
    controller.reset()
    with alone.new_run():
        alone.loader.open_model(path)
    opened = controller.snapshot
    assert np.array_equal(opened.params.W, saved.params.W)
    assert opened.metrics.train_loss == pytest.approx(saved.metrics.train_loss)
    controller.step()
    alone.until(lambda: controller.snapshot.step == 1)


def test_a_file_that_is_no_model_or_one_of_drawn_points_is_told_and_leaves_the_run(begun, tmp_path):
    alone = begun()
    path = tmp_path / "no.safetensors"
    path.write_bytes(b"a cat sat on the keyboard")
    before = alone.controller.run
    alone.loader.open_model(path)
    alone.until(lambda: any("no.safetensors" in words for words in alone.told))
    assert alone.controller.run is before

    task = prepare(
        sources.drawn(Points().put([[0, 0], [0, 1]], 0).put([[3, 0], [3, 1]], 1)),
        RunConfig(DataConfig("drawn")),
    )
    trainer = Trainer(task)
    path = tmp_path / "drawn.safetensors"
    model_file.save(Model.of(task, trainer.params(), 0, 0, trainer.metrics), path)
    alone.loader.open_model(path)
    points = "drawn points, which a model file does not hold"
    alone.until(lambda: any(points in words for words in alone.told))
    assert alone.controller.run is before


def test_a_change_that_comes_before_the_last_one_is_ready_loses_neither(qtbot, window):
    setup, controller = window.setup, window.controller
    setup.data.split_seed.setValue(7)
    qtbot.mouseClick(setup.data.standardise, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(setup.model.kind.button("ovr"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: controller.run.task.config.model.kind == "ovr", timeout=PATIENCE_MS)
    data = controller.run.task.config.data
    assert (data.split_seed, data.standardise) == (7, False)
    assert setup.data.split_seed.value() == 7 and not setup.data.standardise.isChecked()


def test_a_change_amid_a_digit_that_is_taught_keeps_it(begun):
    alone = begun(RunConfig(data=DataConfig("digits")))
    controller, before = alone.controller, alone.controller.run.task.source
    alone.editor.teach(np.full((1, before.m), 3, dtype=np.uint8), np.array([3]), "teach")
    alone.loader.change("split", data=DataConfig("digits", split_seed=7))
    alone.until(lambda: controller.run.task.config.data.split_seed == 7)
    assert controller.run.task.source.n == before.n + 1


def test_digits_that_are_taught_in_a_row_are_all_taught(begun):
    alone = begun(RunConfig(data=DataConfig("digits")))
    controller, before = alone.controller, alone.controller.run.task.source
    for label in (3, 4, 5):
        picture = np.full((1, before.m), label, dtype=np.uint8)
        alone.editor.teach(picture, np.array([label]), "teach")
    alone.until(lambda: controller.run.task.source.n == before.n + 3)
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
    begun, held_up
):
    held_up()
    alone = begun(RunConfig(data=DataConfig("digits")))
    controller, source = alone.controller, alone.controller.run.task.source

    def teach(label):
        picture = np.full((1, source.m), label, dtype=np.uint8)
        alone.editor.teach(picture, np.array([label]), "teach")

    teach(3)
    teach(4)
    held_up()
    alone.until(lambda: controller.run.task.source.n == source.n + 1)
    teach(5)
    held_up()
    held_up()
    alone.until(lambda: controller.run.task.source.n == source.n + 3)
    assert controller.run.task.source.y[:3].tolist() == [3, 4, 5]


def test_the_play_key_works_at_once_after_an_undo_amid_a_change(begun, held_up):
    held_up()
    alone = begun(ENDLESS)
    controller = alone.controller
    held_up()
    with alone.new_run():
        alone.loader.change("split", data=DataConfig(split_seed=7))
    training = replace(ENDLESS.training, seed=3)
    alone.loader.change("seed", training=training)  # is still being made ready
    with alone.new_run():
        controller.undo_stack.undo()
    controller.play_or_pause()
    alone.until(lambda: controller.snapshot.step > 3)
