"""The card of the data: what is switched there trains."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from core.cli.options import add_run_options, config_from
from core.cli.parser import Parser
from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.trainer import Trainer

DIGITS = RunConfig(data=DataConfig("digits"), training=TrainingConfig(epochs=2))


def test_pens_are_offered_for_digits_only(open_panel):
    assert open_panel(DIGITS).setup.data.pens.isVisible()
    assert not open_panel().setup.data.pens.isVisible()


def test_pens_are_switched_on_by_a_key_and_taken_back(qtbot, open_window, new_run):
    window = open_window(DIGITS)
    switch, before = window.setup.data.pens, window.controller.run
    assert switch.accessibleName() == "pens" and not switch.isChecked()
    switch.setFocus()
    with new_run(window):
        qtbot.keyClick(switch, Qt.Key.Key_Return)
    task = window.controller.run.task
    assert switch.isChecked() and task.config.data.pens
    assert len(task.train_rows) == len(before.task.train_rows) + task.dataset.pens
    assert len(task.test_rows) == len(before.task.test_rows)
    words = window.setup.data.pens_words
    assert words.isVisible() and words.text().startswith(
        f"{task.pens:,} of {len(task.train_rows):,} "
    )
    assert window.controller.undo_stack.undoText() == "change of drawings of pens"
    with new_run(window):
        window.controller.undo_stack.undo()
    assert window.controller.run.task.pens == 0 and not switch.isChecked()
    assert not words.isVisible()


def test_the_window_trains_on_pens_as_the_terminal_does(open_panel, new_run):
    parser = Parser(prog="x")
    add_run_options(parser)
    config = config_from(parser.parse_args(["digits", "--pens", "--epochs", "2"]))
    trainer = Trainer(prepare(sources.load(config.data), config))
    while trainer.outcome is None:
        trainer.advance()
    panel = open_panel(DIGITS)
    with new_run(panel):
        panel.setup.data.pens.click()
    panel.finish()
    shown, wanted = panel.controller.snapshot.params, trainer.params()
    np.testing.assert_array_equal(shown.W, wanted.W)
    np.testing.assert_array_equal(shown.b, wanted.b)


def test_other_data_begin_without_pens(open_panel, new_run):
    panel = open_panel(RunConfig(data=DataConfig("digits", pens=True)))
    assert panel.setup.data.pens.isChecked()
    with new_run(panel):
        panel.loader.load(RunConfig())
    assert not panel.controller.config.data.pens
