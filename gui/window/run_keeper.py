"""Keeping the shown run, and training a kept run again."""

from __future__ import annotations

from core.language import tr
from core.number_format import format_integer
from core.runs.run_record import Record, first_figures
from core.train.snapshot import Snapshot
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.state.kept_runs import LIVE, KeptRuns


class RunKeeper:
    """Adds the shown run to the kept ones, and trains kept runs again."""

    def __init__(self, controller: RunController, loader: DataLoader, kept: KeptRuns) -> None:
        self._controller, self._loader, self._kept = controller, loader, kept
        self._replayed: Record | None = None  # until the first snapshot of its replay

    def keep(self) -> None:
        """Keep the run as it is now."""
        run, snapshot = self._controller.run, self._controller.snapshot
        if run is None or snapshot is None:
            self._controller.failed.emit(tr("There is no run to keep yet."))
            return
        record = self._kept.keep(Record.of(run.task, snapshot, LIVE))
        if record is not None:
            self._controller.remarked.emit(
                tr(
                    "Kept “{name}” at step {step}; it stays in the curves. "
                    "Compare ▾ Runs shows it beside others.",
                    name=record.name,
                    step=format_integer(record.step),
                )
            )

    def replay(self, record: Record) -> None:
        """Train a kept run again from its start; settings changed during it are not repeated."""
        remark = ""
        if record.edits:
            remark = tr(
                "“{name}” is trained again with the settings that it began with. What was "
                "changed on the way is left out: {edits}",
                name=record.name,
                edits="; ".join(record.edits[:3]) + ("; …" if len(record.edits) > 3 else "."),
            )
        text = tr("replay of {name}", name=record.name)
        self._loader.train_again(record.task, record.config, text, remark)
        self._replayed = record

    def see_replay(self, snapshot: Snapshot) -> None:
        """Report if a replay differs from its record at step 0: it had other initial weights."""
        record, self._replayed = self._replayed, None
        if record is not None and first_figures(record.curves) != first_figures(snapshot.curves):
            self._controller.remarked.emit(
                tr(
                    "“{name}” did not begin at the weights of its seed; they were chosen by "
                    "hand or came from another run. This one begins at the seed's.",
                    name=record.name,
                )
            )
