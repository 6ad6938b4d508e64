"""What is known of a view before it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.data.task import Task
from gui.kit.view import View

if TYPE_CHECKING:
    from gui.window.view_context import ViewContext


def _always(_: Task) -> bool:
    return True


def _never(_: Task) -> bool:
    return False


@dataclass(frozen=True)
class ViewSpec:
    """Specification of one view.

    name : on its tab, in the menu, for `--view`. group : of views that share a tab; "" for none.
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
