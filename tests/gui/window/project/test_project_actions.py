"""Projects in the window: saved and opened by its menu, and nothing is lost without a question."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.projects import project
from core.train.snapshot import Status
from core.train.trainer import Trainer

Button = QMessageBox.StandardButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def answer(qtbot, window, button):
    """Press this button of the question that is open."""
    box = window.project_actions.dialog
    assert box is not None
    qtbot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)


def test_a_saved_run_comes_back_in_another_window_and_goes_on_to_the_bit(
    open_window, walk, save, reopen
):
    config = RunConfig(training=TrainingConfig(optimiser="adam"))
    first = open_window(config)
    walk(first, 7)
    first.controller.tune(learning_rate=0.05)
    walk(first, 3)
    save(first)
    second = open_window()
    reopen(second)
    assert second.controller.steps == 10
    assert second.controller.settings == first.controller.settings
    assert second.controller.snapshot.curves.marks == first.controller.snapshot.curves.marks
    for window in (first, second):
        walk(window, 5)
    one, other = (window.controller.snapshot.params for window in (first, second))
    for a, b in zip(one.arrays, other.arrays, strict=True):
        np.testing.assert_array_equal(a, b)


def test_drawn_points_and_kept_runs_come_back(
    open_window, walk, save, reopen, click_plane, qtbot, path, new_run
):
    first = open_window(RunConfig(DataConfig("drawn"), ModelConfig("softmax")), wait=False)
    qtbot.waitUntil(lambda: first.controller.run is not None)
    board = first.views["Boundary"]
    for x, key in ((-1, "1"), (2, "2")):
        board.plot.setFocus()
        qtbot.waitUntil(board.plot.hasFocus)
        qtbot.keyClick(board.plot, key)
        for y in range(3):
            click_plane(board, x, y)
    qtbot.waitUntil(lambda: first.controller.snapshot is not None, timeout=30_000)
    walk(first, 2)
    qtbot.keyClick(first, Qt.Key.Key_K)
    save(first)
    second = open_window()
    reopen(second)
    assert len(second.controller.run.points) == 6
    np.testing.assert_array_equal(second.controller.run.points.xy, first.controller.run.points.xy)
    assert [r.name for r in second.views.context.kept.records] == [
        r.name for r in first.views.context.kept.records
    ]


def test_the_terminal_goes_on_with_what_the_window_saved(desk, walk, save, path):
    walk(desk, 6)
    save(desk)
    state = project.load(path).state
    assert state is not None and state.checkpoint.step == 6
    own = Trainer(desk.controller.run.task)
    for _ in range(6):
        own.step()
    np.testing.assert_array_equal(state.checkpoint.parameters[0].numpy(), own.params().W)


def test_the_title_names_the_project_and_marks_what_is_unsaved(desk, walk, save, path, qtbot):
    assert desk.ground.windowTitle() == "Logit Lab"
    walk(desk, 1)
    save(desk)
    assert (
        desk.ground.windowTitle() == "mine.logitlab[*] – Logit Lab"
        and not desk.ground.isWindowModified()
    )
    walk(desk, 1)
    assert desk.ground.isWindowModified()
    save(desk)
    assert not desk.ground.isWindowModified()


def test_save_as_goes_on_under_the_new_name(window, walk, save, path, tmp_path, monkeypatch, qtbot):
    walk(window, 1)
    save(window)
    before = path.read_bytes()
    walk(window, 1)
    other = tmp_path / "other.logitlab"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "other"), ""))
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: other.exists() and not window.projects.is_modified)
    assert path.read_bytes() == before and window.projects.path == other


def test_what_is_shown_until_a_project_is_open_is_not_saved_as_it(desk, walk, save, path, qtbot):
    walk(desk, 1)
    save(desk)
    desk.project_actions.open_path(path)
    desk.project_actions.save_as()
    assert "being opened" in "".join(desk.told)
    qtbot.waitUntil(lambda: not desk.projects.is_opening)
    desk.project_actions.save_as()
    assert desk.projects.is_saving


def test_revert_returns_to_what_was_saved(desk, walk, save, qtbot, new_run):
    walk(desk, 3)
    save(desk)
    walk(desk, 4)
    desk.project_actions.revert()
    with new_run(desk):
        answer(qtbot, desk, Button.Discard)
    qtbot.waitUntil(lambda: desk.controller.steps == 3)
    qtbot.waitUntil(lambda: not desk.projects.is_modified)


def test_new_is_what_a_first_start_shows(open_window, walk, save, new_run, qtbot):
    window = open_window(RunConfig(DataConfig("digits")))
    walk(window, 1)
    save(window)
    with new_run(window):
        qtbot.keyClick(window, Qt.Key.Key_N, CONTROL)
    assert window.controller.run.task.source.name == "Iris"
    assert not window.controller.undo_stack.canUndo() and window.projects.path is None


# Closing -------------------------------------------------------------------------------------


def test_closing_asks_and_cancel_keeps_the_window(window, walk, qtbot):
    window.project_actions.asks = True
    walk(window, 2)
    assert not window.close()
    assert "2 steps of training" in window.project_actions.dialog.informativeText()
    answer(qtbot, window, Button.Cancel)
    assert window.isVisible()
    window.project_actions.asks = False


def test_closing_saves_first_if_asked_to(window, walk, qtbot, path):
    window.project_actions.asks = True
    walk(window, 2)
    window.close()
    answer(qtbot, window, Button.Save)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)
    assert project.load(path).state is not None


def test_closing_without_saving_closes(window, walk, qtbot, path):
    window.project_actions.asks = True
    walk(window, 2)
    window.close()
    answer(qtbot, window, Button.Discard)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not path.exists()


def test_a_failed_save_keeps_the_window(window, walk, qtbot, path, monkeypatch):
    window.project_actions.asks = True
    walk(window, 2)
    (path.parent / "mine.logitlab").mkdir()
    window.close()
    answer(qtbot, window, Button.Save)
    qtbot.waitUntil(lambda: window.controller.writes.failures == 1)
    QApplication.processEvents()
    assert window.isVisible() and "it is a folder" in window.controller.writes.complaint
    window.project_actions.asks = False


def test_nothing_is_asked_where_the_system_ends_the_program(window, walk):
    window.project_actions.asks = True
    walk(window, 2)
    window.closing.insist()
    assert not window.isVisible() and window.project_actions.dialog is None


def test_nothing_is_asked_where_there_is_no_work(window):
    window.project_actions.asks = True
    assert window.close()


def test_nothing_is_asked_after_saving(window, walk, save):
    window.project_actions.asks = True
    walk(window, 1)
    save(window)
    assert window.close()


def test_an_undone_change_is_no_change(desk, walk, save, qtbot, new_run):
    walk(desk, 1)
    save(desk)
    with new_run(desk):
        desk.controller.reset()
    assert desk.projects.is_modified
    desk.controller.undo_stack.undo()
    qtbot.waitUntil(lambda: not desk.projects.is_modified)


# Files ---------------------------------------------------------------------------------------


def test_a_damaged_project_costs_a_sentence_and_nothing_else(desk, walk, path, qtbot):
    walk(desk, 2)
    path.write_bytes(b"PK\x03\x04 no more")
    run = desk.controller.run
    desk.projects.open(path)
    qtbot.waitUntil(lambda: "cannot be unpacked" in "".join(desk.told))
    assert desk.controller.run is run and desk.controller.steps == 2


def test_opening_takes_a_model_and_a_table_by_what_they_hold(window, path, tmp_path, qtbot):
    table = tmp_path / "t.csv"
    table.write_text("x,y,class\n1,2,a\n3,4,b\n")
    window.project_actions.open_path(table)
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=30_000)
    window.csv.dialog.reject()
    model = tmp_path / "m.anything"
    window.controller.files.save_model(window.controller.snapshot, tmp_path / "m.safetensors")
    qtbot.waitUntil(lambda: not window.controller.writes.is_busy)
    (tmp_path / "m.safetensors").rename(model)
    window.project_actions.open_path(model)
    qtbot.waitUntil(lambda: "Opened m.anything" in window.notice.text, timeout=30_000)


def test_a_recent_project_is_a_click_away(desk, walk, save, path, qtbot):
    walk(desk, 1)
    save(desk)
    menu = desk.project_actions.recent
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["mine.logitlab"]


def test_what_was_not_written_and_what_was_not_opened_are_no_recent_projects(
    desk, walk, path, tmp_path, qtbot
):
    walk(desk, 1)
    path.mkdir()  # a folder of the name that was chosen
    desk.project_actions.save()
    qtbot.waitUntil(lambda: "it is a folder" in "".join(desk.told))
    broken = tmp_path / "broken.logitlab"
    broken.write_bytes(b"PK\x03\x04 and no more")
    desk.project_actions.open_path(broken)
    qtbot.waitUntil(lambda: "broken.logitlab cannot be unpacked" in "".join(desk.told))
    menu = desk.project_actions.recent
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["No project yet"]


def test_a_project_saved_while_it_trains_is_one_of_its_steps(desk, qtbot, reach, path):
    desk.controller.play_or_pause()
    desk.reach(Status.TRAINING)
    desk.project_actions.save()
    qtbot.waitUntil(path.exists, timeout=30_000)
    desk.controller.play_or_pause()
    state = project.load(path).state
    assert state is not None
    own = Trainer(desk.controller.run.task)
    for _ in range(state.checkpoint.step):
        own.step()
    np.testing.assert_array_equal(state.checkpoint.parameters[0].numpy(), own.params().W)


def test_a_folder_named_like_a_project_is_refused(desk, path, qtbot):
    Path(path).mkdir()
    desk.project_actions.open_path(path)
    qtbot.waitUntil(lambda: "folder" in "".join(desk.told), timeout=30_000)


def test_rows_of_a_large_table_are_kept_or_linked_as_asked(open_desk, tmp_path, path, qtbot):
    table = tmp_path / "t.csv"
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60_000, 5)).astype(np.float32)
    lines = [",".join(f"{v:.4f}" for v in row) + f",{'ab'[int(row[0] > 0)]}" for row in X]
    table.write_text("a,b,c,d,e,y\n" + "\n".join(lines) + "\n")
    config = RunConfig(DataConfig("csv", path=str(table)))
    desk = open_desk(config)
    desk.project_actions.save()
    assert "about 1 MiB" in desk.project_actions.dialog.informativeText()
    answer(qtbot, desk, Button.No)
    qtbot.waitUntil(path.exists, timeout=30_000)
    assert path.stat().st_size < 400_000
    assert sources.load(config.data).n == project.load(path).task.source.n


def test_a_project_is_written_unasked_if_the_window_closes_at_once(window, walk, path, qtbot):
    window.project_actions.asks = True
    walk(window, 2)
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)
    assert project.load(path).state is not None


def test_a_picture_that_is_opened_lies_on_the_pad(open_window, tmp_path, qtbot):
    window = open_window(RunConfig(DataConfig("digits")))
    picture = QImage(60, 60, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.setPen(QPen(Qt.GlobalColor.black, 6))
    painter.drawLine(30, 10, 30, 50)
    painter.end()
    assert picture.save(str(tmp_path / "one.png"))
    window.project_actions.open_path(tmp_path / "one.png")
    assert window.stage.current == "Draw"
    view = window.views["Draw"]

    def is_read():
        return view.picture is not None and view.picture.max() > 0.5

    qtbot.waitUntil(is_read, timeout=30_000)


def test_a_picture_without_a_pad_is_told_where_there_is_one(window, tmp_path):
    QImage(9, 9, QImage.Format.Format_RGB32).save(str(tmp_path / "one.png"))
    window.project_actions.open_path(tmp_path / "one.png")
    assert "Choose Digits 8×8 or MNIST" in window.notice.text


def test_a_step_that_is_being_sought_does_not_swallow_a_save(desk, walk, path, qtbot):
    walk(desk, 5)
    desk.controller.past.go_to(2)
    desk.project_actions.save()
    desk.controller.pause()  # calls the search off, and what waits for its end
    qtbot.waitUntil(path.exists, timeout=30_000)
    state = project.load(path).state
    assert state is not None
    head = state.timeline.head
    assert (state.checkpoint.step if head is None else head.frame.step) == 5


def test_other_data_right_after_a_save_do_not_swallow_it(desk, walk, path, qtbot, new_run):
    walk(desk, 3)
    with new_run(desk):
        desk.project_actions.save()
        desk.loader.load(RunConfig(DataConfig("digits")))
    qtbot.waitUntil(lambda: path.exists() and not desk.projects.is_saving, timeout=30_000)
    kept = project.load(path)
    assert kept.task.source.name == "Iris" and kept.state is not None
    assert kept.state.checkpoint.step == 3
    assert desk.projects.is_modified


def test_a_run_that_cannot_be_taken_down_leaves_the_old_project(
    desk, walk, save, path, qtbot, monkeypatch
):
    from core.runs import run_state

    walk(desk, 2)
    save(desk)
    before = path.read_bytes()
    walk(desk, 1)

    def fail(_):
        raise MemoryError

    monkeypatch.setattr(run_state, "state_of", fail)
    desk.project_actions.save()
    qtbot.waitUntil(lambda: "nothing is saved" in "".join(desk.told), timeout=30_000)
    assert path.read_bytes() == before and desk.projects.is_modified


def test_a_link_stays_one_and_another_project_is_none(open_desk, tmp_path, path, qtbot, new_run):
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "\n".join(f"{k},{'ab'[k % 2]}" for k in range(40)) + "\n")
    config = RunConfig(DataConfig("csv", path=str(table)))
    desk = open_desk(config)
    desk.projects.is_linked = True
    desk.projects.save(path)
    qtbot.waitUntil(path.exists, timeout=30_000)
    other = open_desk()
    with new_run(other):
        other.projects.open(path)
    qtbot.waitUntil(lambda: other.projects.path == path)
    assert other.projects.is_linked
    with new_run(other):
        other.project_actions.begin_anew()
    assert not other.projects.is_linked


def test_a_link_to_a_table_that_is_shown_with_another_label_opens(
    open_desk, tmp_path, path, qtbot, new_run
):
    table = tmp_path / "t.csv"
    rows = [f"{k},{'ab'[k % 2]},{'uv'[k % 3 > 0]}" for k in range(40)]
    table.write_text("x,first,second\n" + "\n".join(rows) + "\n")
    config = RunConfig(DataConfig("csv", path=str(table), label="first"))
    desk = open_desk(config)
    desk.projects.is_linked = True
    desk.projects.save(path)
    qtbot.waitUntil(path.exists, timeout=30_000)
    other = open_desk(RunConfig(DataConfig("csv", path=str(table), label="second")))
    with new_run(other):
        other.projects.open(path)
    assert other.controller.run.task.dataset.class_names == ("a", "b")
