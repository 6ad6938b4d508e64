"""Words at the bottom for a run that is over: how it ended, and the one press that helps."""

from __future__ import annotations

from core.train.snapshot import Snapshot, Status
from gui.window.message import Notice


def tell_end(notice: Notice, snapshot: Snapshot) -> None:
    """Say how the run ended; what is still being found out about it follows later."""
    epilogue = snapshot.epilogue
    known = f"{snapshot.message} {epilogue.words}".strip() if epilogue else snapshot.message
    if snapshot.status is Status.DIVERGED and epilogue is None:
        notice.warn(f"{known} Smaller learning rates are being tried …")
    elif snapshot.remedy is not None:
        notice.warn(known, f"Try η = {snapshot.remedy:g}")
    elif snapshot.status is Status.DIVERGED:
        notice.warn(known)
    else:
        more = f"{snapshot.settings.epochs:,} epochs"
        notice.say(f"{known} Space trains for {more} more; R starts again.")
