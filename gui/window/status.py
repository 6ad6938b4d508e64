"""Texts of the status line and the banner, and when they are shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.data.shown_names import shown_name
from core.data.task import Task
from core.language import in_a_row, localised, tr
from core.model_family import FAMILY
from core.number_format import format_count
from core.train.snapshot import Snapshot, Status
from gui.control.run_controller import RunController
from gui.kit import described
from gui.window.message import Banner, Notice


class StatusMessages(QObject):
    """Shows the status of the run; a remark or a failure stays until the status changes."""

    folder_wanted = Signal()  # the user wants to choose another folder with MNIST's files

    def __init__(self, notice: Notice, banner: Banner, controller: RunController) -> None:
        super().__init__(notice)
        self._notice, self._banner, self._controller = notice, banner, controller
        self._is_held = False
        self._held_at: Status | None = None  # the run's status when the held message was shown
        self._is_downloading = False
        self._pending_message = ""
        banner.acted.connect(self._act)
        notice.told.connect(self._say)

    def announce_with_next_task(self, words: str) -> None:
        """Show this message, unless it is "", with the next task."""
        self._pending_message = words

    def _say(self) -> None:
        """Have the message said, unless it is one of many about work that goes on."""
        if not self._notice.is_busy:
            described.announce(self._notice, self._notice.text, is_urgent=self._notice.is_trouble)

    def show_task(self, task: Task) -> None:
        self._is_held = False
        if task.obstacle:
            self._announce(task.obstacle)
        elif task.demand.is_large:  # shown until the first snapshot
            self._show_message(tr("Making ready {what}; this may take a while.", what=task.demand))
        else:
            data = shown_name(task.dataset)
            self._show_message(tr("Ready. Press Space to train on {data}.", data=data))
        if self._pending_message:
            self.remark(self._pending_message)
            self._pending_message = ""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self._held_at is None:  # the message was shown before there was a status
            self._held_at = snapshot.status
        if self._is_held and snapshot.status is self._held_at:
            return
        self._is_held = False
        if snapshot.is_past and not snapshot.message:  # a run may end on its best epoch
            self._show_past(snapshot)
            return
        match snapshot.status:
            case Status.DIVERGED | Status.FINISHED | Status.CONVERGED:
                self._announce_end(snapshot)
            case Status.TRAINING:
                self._show_message(tr("Training. Space pauses; [ and ] change the learning rate."))
            case Status.PAUSED:
                self._show_message(
                    tr("Paused. Space goes on, S makes one step, R returns to the start.")
                )
            case Status.READY:
                self._show_message(tr("Ready. Press Space to train, S for a single step."))

    def show_busy(self, words: str) -> None:
        """Show what is being loaded or written; "" when it is done."""
        self._notice.show_busy(bool(words))
        if words:
            self._notice.show_message(words)

    def fail(self, words: str) -> None:
        """Show an error until the run's status changes."""
        self._hold()
        self._announce(words, is_trouble=True)

    def remark(self, words: str) -> None:
        """Show a message for the user until the run's status changes."""
        self._hold()
        self._show_message(words)

    def note_refusal(self, _: Task | None, another_folder_may_help: bool) -> None:
        """Offer to choose another folder if that may help; called after the error is shown."""
        if another_folder_may_help:
            self._announce(self._notice.text, tr("Choose folder…"), is_trouble=True)

    def note_download(self, progress: object) -> None:
        """Show the run's status again when a download begins, as that run stays."""
        has_begun = progress is not None and not self._is_downloading
        self._is_downloading = progress is not None
        if has_begun:
            self._is_held = False
            if self._controller.snapshot is not None:
                self.show_snapshot(self._controller.snapshot)

    def _show_message(self, words: str) -> None:
        """Show a message in the status line only."""
        self._notice.show_message(words)
        self._banner.withdraw()

    def _announce(self, words: str, action: str = "", *, is_trouble: bool = False) -> None:
        """Show a message in the status line and in the banner."""
        self._notice.show_message(words, is_trouble=is_trouble)
        self._banner.show_message(words, action, is_trouble=is_trouble)

    def _hold(self) -> None:
        self._held_at = (
            self._controller.status if self._controller.snapshot else None
        )  # a new run has none yet
        self._is_held = True

    def _show_past(self, snapshot: Snapshot) -> None:
        if snapshot.status is Status.TRAINING:
            self._show_message(tr("Playing the run again, as it was. Space holds it."))
            return
        self._show_message(
            tr(
                "An earlier moment of the run. Space or S trains on from here and drops what was "
                "recorded later; “live” returns to the newest step."
            )
        )

    def _announce_end(self, snapshot: Snapshot) -> None:
        """Show how the run ended; its epilogue follows once it is known."""
        epilogue = snapshot.epilogue
        known = in_a_row(snapshot.message, epilogue.words if epilogue else "")
        if snapshot.status is Status.DIVERGED and epilogue is None:
            tried = tr("Smaller learning rates are being tried …")
            self._announce(in_a_row(known, tried), is_trouble=True)
        elif snapshot.suggested_learning_rate is not None:
            rate = localised(f"{snapshot.suggested_learning_rate:g}")
            self._announce(known, tr("Try η = {rate}", rate=rate), is_trouble=True)
        elif snapshot.status is Status.DIVERGED:
            self._announce(known, is_trouble=True)
        else:
            epochs = format_count(snapshot.settings.epochs, "epoch")
            more = tr("Space trains for {epochs} more; R starts again.", epochs=epochs)
            if FAMILY[snapshot.task.config.model.kind].is_counted:
                more = tr("R starts again.")
            self._announce(in_a_row(known, more))

    def _act(self) -> None:
        """Do what the banner's button offers: retry with the suggested rate, or choose a folder."""
        snapshot = self._controller.snapshot
        if (
            snapshot is not None
            and snapshot.suggested_learning_rate is not None
            and not self._is_held
        ):
            self._controller.recover()
        else:
            self.folder_wanted.emit()
