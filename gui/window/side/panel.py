"""The column at the right: the loss and the other views of the run, on one or more cards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from core.data.task import Task
from core.language import tr
from gui.kit.areas.grips import Gripped
from gui.kit.layouts import Arrangement
from gui.kit.zoom import px
from gui.window.look.pointing import point_at
from gui.window.side.card import SideCard
from gui.window.view_spec import ViewSpec

Groups = tuple[tuple[str, ...], ...]

# Least height of the panel (px at a zoom of 100 %), and the views on each card from there on.
ARRANGEMENTS: tuple[tuple[int, Groups], ...] = (
    (0, (("Loss", "Accuracy", "Example", "Confusion"),)),
    (420, (("Loss",), ("Accuracy", "Example", "Confusion"))),
    (680, (("Loss",), ("Accuracy",), ("Example", "Confusion"))),
    (860, (("Loss",), ("Accuracy",), ("Example",), ("Confusion",))),
)
UNDER: Groups = (("Loss",), ("Accuracy", "Example", "Confusion"))
CURVES: Groups = (("Loss",), ("Accuracy",))
CURVES_SHARES = (2, 1)
THUMBNAIL: Groups = (("Loss",),)
ROW = "→"  # before sizes of cards in a row
SHARES = {1: (1,), 2: (5, 4), 3: (5, 3, 4), 4: (5, 3, 4, 4)}  # ratios by number of cards


class SidePanel(Gripped):
    """Cards in a column, as many as fit the height, or two in a row; the loss is on the first."""

    enlarge_wanted = Signal(object)  # the card to enlarge, or None

    def __init__(self, specs: Sequence[ViewSpec]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.setAccessibleName(tr("Side"))
        self._specs = {spec.name: spec for spec in specs}
        self._views: dict[str, QWidget] = {spec.name: QWidget() for spec in specs}
        self._applies = dict.fromkeys(self._views, True)
        self._groups: Groups = ()
        self._current = dict.fromkeys(self._views, 0)  # value of `_turns` when each was last chosen
        self._turns = 0
        self._enlarged: QWidget | None = None
        self._guide: QWidget | None = None
        self._is_presented = self._is_thumbnail = self._is_under = False
        self._pointed = ""  # name of the view that is pointed at
        # Sizes set by the user, by the number of cards and whether they stand in a row.
        self._shares: dict[tuple[int, bool], tuple[int, ...]] = {}
        self._fit = Arrangement(self._arrange)
        self._fit_anew = Arrangement(self._settle)
        self.splitterMoved.connect(self._note_shares)
        self.restored.connect(self._restore_shares)
        self.cards = [SideCard() for _ in specs]
        for card in self.cards:
            self.addWidget(card)
            card.chosen.connect(self._note_choice)
            card.enlarge_toggled.connect(
                lambda is_on, card=card: self.enlarge_wanted.emit(card if is_on else None)
            )
        self._arrange()

    @property
    def names_in_sight(self) -> tuple[str, ...]:
        """Names of the views that are the current one of their card."""
        return tuple(card.current for card in self.cards[: len(self._groups)])

    def replace(self, name: str, view: QWidget) -> None:
        """Replace the placeholder of this name by the view."""
        old, self._views[name] = self._views[name], view
        for card, group in zip(self.cards, self._groups, strict=False):
            if name in group:  # the other cards stay as they are
                self._fill(card, group)
        for card in self.cards[len(self._groups) :]:  # as beside a page; they are filled anew
            card.forget(old)
        if self._enlarged is None:
            self._share()
        old.deleteLater()

    def show_task(self, task: Task) -> None:
        """Show the views that apply to the task."""
        self._applies = {name: spec.applies_to(task) for name, spec in self._specs.items()}
        self._arrange()

    def show_name(self, name: str) -> None:
        """Make the view of this name the current one of its card."""
        for card in self.cards[: len(self._groups)]:
            if name in card.names:
                card.show_name(name)

    def point_at(self, name: str) -> None:
        """Show the view of this name, if it is one of the panel's, and point at its card."""
        if name != self._pointed:
            self._pointed = name
            self.show_name(name)
            self._point()

    def _point(self) -> None:
        for card in self.cards:
            point_at(card, bool(self._pointed) and self._pointed in card.names)

    def present(self, is_on: bool) -> None:
        """Show only the curves, for presenter mode, or all views again."""
        self._is_presented = is_on
        self._fit()

    def flatten(self, is_flat: bool) -> None:
        """Make the tabs flat, so that the views have their height, or as high as usual."""
        for card in self.cards:
            card.tabs.take_shape("flat", is_flat)

    def show_thumbnail(self, is_on: bool) -> None:
        """Show only the loss, small beside a page, or all views again."""
        self._is_thumbnail = is_on
        self._arrange()

    def lie_under(self, is_under: bool) -> None:
        """Place the cards in a row, to lie under the stage, or in a column again."""
        self._is_under = is_under
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.setOrientation(across if is_under else down)
        self._arrange()
        self._share()

    @property
    def _is_special(self) -> bool:
        """Whether the cards are those of presenter mode or of a page."""
        return self._is_presented or self._is_thumbnail

    @property
    def _wanted(self) -> Groups | None:
        """The arrangement that is used regardless of the height; None: depends on the height."""
        if self._is_thumbnail:
            return THUMBNAIL
        if self._is_presented:
            return CURVES
        return UNDER if self._is_under else None

    def show_guide(self, guide: QWidget) -> None:
        """Show a widget below the first card, instead of the others, until `close_guide`."""
        self._guide = guide
        self.insertWidget(1, guide)
        self._show_cards()  # the arrangement may be the same as before
        self._share()

    def close_guide(self) -> None:
        """Delete the guide and show the other cards again."""
        if self._guide is not None:
            self._guide.hide()
            self._guide.deleteLater()
            self._guide, self._groups = None, ()
            self._arrange()

    def show_only(self, enlarged: QWidget | None) -> None:
        """Show only one card, or all of them again."""
        self._enlarged = enlarged
        for card in self.cards:
            card.enlarge_button.setChecked(card is enlarged)
        self._show_cards()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _note_choice(self, name: str) -> None:
        self._turns += 1
        self._current[name] = self._turns

    def _arrange(self) -> None:
        """Put the views that apply on as many cards as fit."""
        if self._enlarged is not None:
            return
        wanted = self._wanted or next(
            groups for least, groups in reversed(ARRANGEMENTS) if self.height() >= px(least)
        )
        kept = (tuple(name for name in group if self._applies[name]) for group in wanted)
        groups = tuple(group for group in kept if group)
        if groups == self._groups:
            return
        self._groups = groups
        for card, group in zip(self.cards, groups, strict=False):
            self._fill(card, group)
        self._show_cards()
        self._point()
        for name in set(self._views) - set(chain.from_iterable(groups)):
            self._views[name].hide()
        self._share()

    def _fill(self, card: SideCard, group: tuple[str, ...]) -> None:
        """Put these views on a card; the one that was chosen last is shown."""
        current = max(group, key=lambda name: self._current[name])
        card.hold({name: self._views[name] for name in group}, current)

    def settle(self) -> None:
        """Arrange the cards anew: in the type before, a part may have needed more height."""
        self._fit_anew()

    def _settle(self) -> None:
        self._arrange()
        if self._enlarged is None:
            self._share()

    def _share(self) -> None:
        """Divide the room among the cards as set by the user, or by default."""
        count = len(self._groups)
        kept = None if self._is_special else self._shares.get((count, self._is_under))
        shares = kept or (CURVES_SHARES if self._wanted is CURVES else SHARES[count])
        parts = dict(zip(self._in_sight, shares, strict=False))
        room = self.width() if self._is_under else self.height()
        self.setSizes([room * parts.get(w, 0) // sum(shares) for w in self._widgets])

    @property
    def _in_sight(self) -> list[QWidget]:
        """The widgets that are not hidden, from top to bottom."""
        return [widget for widget in self._widgets if not widget.isHidden()]

    @property
    def _widgets(self) -> list[QWidget]:
        found = (self.widget(i) for i in range(self.count()))
        return [widget for widget in found if widget is not None]

    def _note_shares(self) -> None:
        seen = self._in_sight
        sizes = tuple(w.width() if self._is_under else w.height() for w in seen)
        if not self._is_special and self._enlarged is None and len(seen) == len(self._groups):
            self._shares[len(seen), self._is_under] = sizes

    def _restore_shares(self) -> None:
        self._shares.pop((len(self._groups), self._is_under), None)
        self._share()

    @property
    def shares(self) -> str:
        """Sizes set by the user, in px, as text for the settings: “300,240;250,150,200;→400,300”.

        An arrow is before those of cards in a row.
        """
        return ";".join(
            (ROW if is_row else "") + ",".join(map(str, sizes))
            for (_, is_row), sizes in self._shares.items()
        )

    def set_shares(self, text: str) -> bool:
        """Apply sizes in the format of `shares`; return whether the text is valid."""
        found: dict[tuple[int, bool], tuple[int, ...]] = {}
        for part in filter(None, text.split(";")):
            digits = part.removeprefix(ROW).split(",")
            sizes = [int(d) for d in digits if d.isascii() and d.isdigit() and len(d) < 6]
            if len(sizes) != len(digits) or len(digits) not in SHARES or not all(sizes):
                return False
            found[len(sizes), part.startswith(ROW)] = tuple(sizes)
        self._shares = found
        self._share()
        return True

    def _show_cards(self) -> None:
        """Show the enlarged card, or all cards with views that the guide does not replace."""
        guide, enlarged = self._guide, self._enlarged
        for i, card in enumerate(self.cards):
            is_taken = i > 0 and guide is not None and not self._is_special
            has_place = i < len(self._groups) and not is_taken
            card.setVisible(has_place if enlarged is None else card is enlarged)
        if guide is not None:
            has_place = enlarged is None and not self._is_special and len(self._groups) > 1
            guide.setVisible(has_place)
