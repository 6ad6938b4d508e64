"""Tables that the shown model is asked about, each written with its answers, in the background."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import Cancelled
from core.language import in_a_row, mark, tr
from core.number_format import format_fixed, format_integer
from core.train.snapshot import Snapshot
from gui.control.file_writes import Writes

if TYPE_CHECKING:
    from core.data.csv.reader import Progress

LOOK_MS = 50
PATIENCE_MS = 200  # no bar for tables that are written sooner
MB = 1e6
NAMED = 3  # rows without an answer that the message names
CALLED_OFF = mark("Predicting was called off; nothing was written.")


class TablePredictions(QObject):
    """Asks a model about the rows of tables, one table after the other."""

    progressed = Signal(str, float)  # message, "" when all is over; share read, 0 … 1

    def __init__(self, writes: Writes, parent: QObject) -> None:
        super().__init__(parent)
        self._writes = writes
        self._stop = threading.Event()  # of all tables that are asked for
        self._done: tuple[str, int, int] | None = None
        self._look = QTimer(self)
        self._look.timeout.connect(self._tell)
        writes.ended.connect(self._finish)

    @property
    def is_busy(self) -> bool:
        return self._look.isActive()

    def predict(self, snapshot: Snapshot, table: Path, target: Path) -> None:
        """Write the table to `place` with the class and the probabilities of each row."""
        stop = self._stop
        self._done = None

        def watch(done: int, size: int) -> None:
            self._done = table.name, done, size

        def work() -> str:
            try:
                return _written(snapshot, table, target, watch, stop)
            except Cancelled:
                return tr(CALLED_OFF)

        self._writes.write(target.name, work)
        self._look.start(PATIENCE_MS)

    def cancel(self) -> bool:
        """Stop soon, and write nothing; return whether there was something to stop."""
        if not self.is_busy:
            return False
        self._stop.set()
        self._finish()
        return True

    def _finish(self) -> None:
        if self.is_busy:
            self._look.stop()
            self._stop = threading.Event()
            self.progressed.emit("", 0.0)

    def _tell(self) -> None:
        self._look.setInterval(LOOK_MS)
        if self._done is None:
            self.progressed.emit(tr("Predicting …"), 0.0)
            return
        name, done, size = self._done
        amount = tr("{k} of {n} MB", k=format_fixed(done / MB, 1), n=format_fixed(size / MB, 1))
        self.progressed.emit(
            tr("Predicting {name}  {amount}", name=name, amount=amount), done / max(size, 1)
        )


def _written(
    snapshot: Snapshot,
    table: Path,
    target: Path,
    watch: Progress,
    stop: threading.Event,
) -> str:
    """Write the table with its answers; return what came of it."""
    from core.data.csv.packed import Source
    from core.runs.model import Model
    from core.runs.table_prediction import TablePrediction

    shot = snapshot
    model = Model.of(shot.task, shot.params, shot.step, shot.epoch, shot.metrics)
    report = TablePrediction(model, Source(table)).save(target, watch, stop.is_set)
    unread = "; ".join(
        tr("line {line}: {reason}", line=format_integer(line), reason=reason)
        for line, reason in report.unread[:NAMED]
    )
    more = "; …" if report.unread_count > NAMED else ""
    parts = [f"{table.name}: {report}"]
    if unread:
        parts.append(tr("Without an answer: {lines}.", lines=unread + more))
    return in_a_row(*parts, tr("Written to {path}.", path=target))
