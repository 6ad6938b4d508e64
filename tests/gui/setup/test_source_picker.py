"""The sources of data at the left: what each says that it does."""

from __future__ import annotations

from core.config import DataConfig, RunConfig
from core.data.sources import load
from core.data.task import prepare
from gui.setup.source_picker import SourcePicker


def test_a_row_that_opens_something_says_so_also_once_data_are_shown(qtbot):
    picker = SourcePicker()
    qtbot.addWidget(picker)
    picker.show_task(prepare(load(DataConfig("iris")), RunConfig()))
    tips = [picker.button(source).toolTip() for source in ("csv", "pictures", "drawn")]
    assert [tip.split()[0].rpartition(">")[2] for tip in tips] == ["Open", "Open", "Draw"]
    assert "Train on Iris" in picker.button("iris").toolTip()
