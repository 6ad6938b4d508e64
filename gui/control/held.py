"""What one window hands to the next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it imports PyTorch
    from core.projects.project import Project


@dataclass(frozen=True)
class Held:
    """What one window hands to the next.

    project : None if nothing was shown yet. path : where it was saved, None for never.
    is_modified : whether it has changed since. plays : whether it trained.
    """

    project: Project | None = None
    path: Path | None = None
    is_modified: bool = False
    plays: bool = False
