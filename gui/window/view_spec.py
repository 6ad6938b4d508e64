"""What is known of a view before it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.data.task import Task
from core.language import ENGLISH, PSEUDO, current, tr
from gui.kit.view import View

if TYPE_CHECKING:
    from gui.window.view_context import ViewContext


def in_sentence(name: str) -> str:
    """Return the name of a view as it stands within a sentence: in English in lower case."""
    return tr(name).lower() if current() in (ENGLISH, PSEUDO) else tr(name)


def _always(_: Task) -> bool:
    return True


def _never(_: Task) -> bool:
    return False


@dataclass(frozen=True)
class ViewSpec:
    """Specification of one view.

    name : for `--view`; translated on its tab and in the menu. group : of views that share a tab,
        translated there; "" for none.
    is_page, is_wide, is_tall : whether on the stage it takes the side panel's space: always, if
        crowded, or if that lies under it.
    make : creates and connects it.
    applies_to, first_for : return whether it shows something of a task, and does so first.
    is_lazy : whether it is created when it is first shown.
    is_whole_slide : whether on a slide it is a page, as it shows what stands beside it.
    is_heard : whether other views show what is chosen in it.
    """

    name: str
    make: Callable[[ViewContext], View]
    applies_to: Callable[[Task], bool] = _always
    is_lazy: bool = False
    first_for: Callable[[Task], bool] = _never
    group: str = ""
    is_page: bool = False
    is_wide: bool = False
    is_tall: bool = False
    is_whole_slide: bool = False
    is_heard: bool = False
