"""The columns: rail, all settings, stage, side panel."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from gui.kit import zoom
from gui.kit.areas.grips import Gripped
from gui.kit.fields import kept
from gui.kit.zoom import px
from gui.setup.setup_panel import SetupPanel
from gui.window.rail import Rail
from gui.window.settings import Settings
from gui.window.side.panel import SidePanel
from gui.window.sizes import (
    CROWDED_PX,
    FLAT_PX,
    GAP,
    LEAST_WIDTH,
    NARROW_PX,
    SIDE_SHARE,
    SIDE_WIDTHS,
    SOLE_PX,
    STAGE_PX,
    TALL_PX,
    UNDER_SHARES,
    WIDE_PX,
)
from gui.window.stage.stage import Stage

# Names of stored settings:
SHARES, UNDER, PANEL, FOLDED = "shares", "under_shares", "all_settings", "rail_folded"
WISHES = {True: "yes", False: "no", None: ""}  # in projects


class Columns(Gripped):
    """Divides the width among the columns, until the user moves a handle.

    Unless the user chose otherwise, the rail is folded in a narrow window and the panel with all
    settings is shown in a wide one. In a narrow window that is tall, the side panel lies under the
    stage. Beside a page on the stage, or two views in a window that is not wide, it is a
    thumbnail; in a narrow window it is hidden then, and in a very narrow one always, unless it
    lies under the stage.
    """

    enlarged_changed = Signal(bool)
    panel_shown = Signal(bool)  # the panel with all settings

    def __init__(self, rail: Rail, panel: SetupPanel, stage: Stage, side_panel: SidePanel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._enlarged: QWidget | None = None
        self._is_presenting = self._is_page = self._is_under = False
        self._sizes_before: list[int] = []  # the widths before presenter mode
        self._heights: list[int] = []  # of the stage and the panel under it, as set by the user
        # Keys of both: whether the stage shows a page.
        self._by_hand: set[bool] = set()  # the widths were set by the user
        self._side_widths: dict[bool, int] = {}  # width of the side panel when last visible
        self._is_panel_wanted: bool | None = None  # None: depends on the width
        self._is_fold_wanted: bool | None = None
        self._rail, self._panel, self._stage, self._side_panel = rail, panel, stage, side_panel
        self._middle = Gripped(Qt.Orientation.Vertical)  # the stage, and what lies under it
        self._middle.setObjectName("column")
        self._middle.setAccessibleName(stage.accessibleName())
        self._middle.addWidget(stage)
        self._middle.setHandleWidth(GAP)
        self._middle.setChildrenCollapsible(False)
        self._middle.splitterMoved.connect(self._take_note_under)
        for column in (rail, panel, self._middle, side_panel):
            self.addWidget(column)
        self.setStretchFactor(self.indexOf(self._middle), 1)
        for widget in (stage, side_panel):  # the others have minimum widths of their own
            widget.setMinimumWidth(LEAST_WIDTH)
        panel.hide()
        self.setHandleWidth(GAP)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._take_note)
        self.restored.connect(self._restore_widths)
        self._middle.restored.connect(self._restore_heights)
        stage.turned.connect(lambda _: self._show_beside(self._is_room_wanted))
        rail.fold_button.clicked.connect(lambda _=False: self.fold(not rail.is_folded))
        stage.enlarge_button.toggled.connect(lambda is_on: self.enlarge(stage if is_on else None))
        side_panel.enlarge_wanted.connect(self.enlarge)

    # Visible columns ----------------------------------------------------------------------------

    @property
    def is_enlarged(self) -> bool:
        return self._enlarged is not None

    def enlarge(self, card: QWidget | None) -> bool:
        """Give all the space to the stage or to a card of the side panel; None: show all columns.

        Return whether that is a change.
        """
        if card is self._enlarged:
            return False
        self._note_side()
        self._enlarged = card
        self._show_columns()
        self._side_panel.show_only(None if card is self._stage else card)
        self._share_heights()
        self._stage.enlarge_button.setChecked(card is self._stage)
        self.enlarged_changed.emit(card is not None)
        return True

    def present(self, is_on: bool) -> None:
        """Show only stage and curves, or all columns again."""
        focus = QApplication.focusWidget()
        self._note_side()
        self._sizes_before = self.sizes() if is_on else self._sizes_before
        self._is_presenting = is_on
        self.enlarge(None)
        self._lay_side()
        self._show_columns()
        self._stage.present(is_on)
        self._side_panel.present(is_on)
        self._show_beside(self._is_room_wanted)
        if not is_on and self._is_by_hand:
            self.setSizes(self._sizes_before)
        if is_on and not (focus and focus.isVisible() and self._stage.isAncestorOf(focus)):
            self._stage.setFocus()  # where it was hidden, Qt gives it to any button of a card

    @property
    def _is_room_wanted(self) -> bool:
        """Whether the stage needs most of the side panel's space."""
        width, stage = self.window().width(), self._stage
        if stage.is_page or self._is_under:
            return stage.is_page or stage.is_tall
        is_crowded = width < px(CROWDED_PX)
        return (stage.is_split and width < px(WIDE_PX)) or (stage.is_wide and is_crowded)

    def _show_beside(self, is_page: bool) -> None:
        """Give most of the side panel's space to the stage, or return it to the panel."""
        if is_page == self._is_page:
            return
        self._note_side()
        self._is_page = is_page
        self._side_panel.show_thumbnail(is_page)
        self._show_columns()
        self._give_side_width()

    def _give_side_width(self) -> None:
        """Give the side panel beside the stage its width, as set by the user or by default."""
        if self._is_under:
            return
        rail, panel, stage, side = self.sizes()
        width = self._side_width(self.window().width())
        if self._is_by_hand:
            width = self._side_widths.get(self._is_page, width)
        self.setSizes([rail, panel, stage + side - width, width])

    def _note_side(self) -> None:
        is_beside = not (self._is_under or self._is_presenting or self._side_panel.isHidden())
        if self._enlarged is None and is_beside:
            self._side_widths[self._is_page] = self._side_panel.width()

    def _lay_side(self) -> None:
        """Lay the side panel under the stage of a narrow window that is tall, or beside it."""
        window = self.window()
        is_shaped = window.width() < px(NARROW_PX) and window.height() >= px(TALL_PX)
        is_under = is_shaped and not self._is_presenting
        if is_under == self._is_under:
            return
        self._note_side()
        self._is_under = is_under
        (self._middle if is_under else self).addWidget(self._side_panel)
        zoom.follow_within(self._side_panel)
        self._side_panel.lie_under(is_under)
        self._give_side_width()

    def show_panel(self, is_shown: bool) -> None:
        """Show or hide the panel with all settings, regardless of the width."""
        self._is_panel_wanted = is_shown
        self._show_columns()
        self.share(self.window().width())

    def fold(self, is_folded: bool) -> None:
        """Fold or unfold the rail, regardless of the width."""
        self._is_fold_wanted = is_folded
        self._fold_rail(is_folded)

    def _fold_rail(self, is_folded: bool) -> None:
        """Fold or unfold the rail; the stage takes the freed width."""
        self._rail.fold(is_folded)
        rail, panel, stage, *side = self.sizes()
        width = self._rail.sizeHint().width()
        self.setSizes([width, panel, stage + rail - width, *side])

    def _show_columns(self) -> None:
        card, panel = self._enlarged, self._panel
        is_panel_wanted = self._is_panel_wanted
        if is_panel_wanted is None:
            is_panel_wanted = self.window().width() >= px(WIDE_PX)
        for column in (self._rail, panel, self._stage, self._side_panel):
            is_shown = column is card or column.isAncestorOf(card) if card else True
            if column is self._side_panel and card is None:
                width = self.window().width()
                has_room = width >= px(NARROW_PX) and not self._is_presenting
                is_sole = width < px(SOLE_PX) and not (self._is_presenting or self._is_under)
                is_shown = has_room or not (self._is_page or is_sole)
            if column in (self._rail, panel):
                is_shown = is_shown and not self._is_presenting
            column.setVisible(is_shown and (column is not panel or is_panel_wanted))
        self._middle.setVisible(self._is_under or not self._stage.isHidden())
        self.panel_shown.emit(is_panel_wanted)

    # Widths -------------------------------------------------------------------------------------

    @property
    def _is_by_hand(self) -> bool:
        """Whether the user has set these widths; a slide has its own, for larger type."""
        return self._is_page in self._by_hand and not self._is_presenting

    def _take_note(self) -> None:
        if not self._is_presenting:
            self._by_hand.add(self._is_page)

    def _take_note_under(self) -> None:
        self._heights = self._middle.sizes()

    def _restore_widths(self) -> None:
        self._by_hand.discard(self._is_page)
        self.share(self.window().width())

    def _restore_heights(self) -> None:
        self._heights = []
        self._share_heights()

    def _side_width(self, width: int) -> int:
        """Return the side panel's default width if all columns have this one, in pixels."""
        if self._is_page:
            return px(LEAST_WIDTH)
        if self._is_presenting:  # in type so large, the least width of a column is not the point
            return int(SIDE_SHARE * width)
        least, most = map(px, SIDE_WIDTHS)
        if width < px(NARROW_PX):
            return least
        taken = self._rail.sizeHint().width()
        if not self._panel.isHidden():
            taken += self._panel.minimumSizeHint().width()
        side = min(max(int(SIDE_SHARE * (width - taken)), least), most)
        if self._panel.isHidden():
            return side
        return min(side, max(width - taken - px(STAGE_PX), least))

    def share(self, width: int) -> None:
        """Divide the width of the window, in pixels, among the columns."""
        for part in (self._stage, self._side_panel):
            part.flatten(self.window().height() < px(FLAT_PX))
        self._lay_side()
        self._show_beside(self._is_room_wanted)
        if self._is_fold_wanted is None and self._rail.is_folded != (width < px(NARROW_PX)):
            self._fold_rail(width < px(NARROW_PX))
        self._show_columns()
        self._share_heights()
        if not (self._is_under or self._is_by_hand):
            side = self._side_width(width)
            rail = self._rail.sizeHint().width()
            panel = self._panel.minimumSizeHint().width()
            if not self._panel.isHidden():
                width -= panel
            self.setSizes([rail, panel, width - rail - side, side])

    def _share_heights(self) -> None:
        """Divide the height among the stage and the side panel, if that lies under it."""
        if self._is_under and self._enlarged is None:
            shares = self._heights or UNDER_SHARES
            self._middle.setSizes([self.height() * share // sum(shares) for share in shares])

    def settle(self) -> None:
        """Divide width and height anew: in the type before, a part may have needed more of it."""
        self.share(self.window().width())
        self._side_panel.settle()

    def reset(self, width: int) -> None:
        """Divide the width as at the first start."""
        self._by_hand.clear()
        self._heights = []
        self._side_widths.clear()
        self._is_panel_wanted = self._is_fold_wanted = None
        self.enlarge(None)
        self._show_columns()
        self.share(width)

    # Stored settings ----------------------------------------------------------------------------

    def restore(self, settings: Settings) -> None:
        """Restore the columns from the settings."""
        if settings.restore_shares(SHARES, self):
            self._by_hand.add(False)
        self._heights = kept.sizes(settings.text(UNDER), 2) or []
        panel, folded = settings.number(PANEL, 2, 2), settings.number(FOLDED, 2, 2)
        if panel < 2:
            self.show_panel(bool(panel))
        if folded < 2:
            self.fold(bool(folded))

    def save(self, settings: Settings) -> None:
        self._show_beside(False)
        if False in self._by_hand and not self._is_under:
            settings.set(SHARES, self.saveState())
        settings.set(UNDER, kept.listed(self._heights))
        for name, wanted in ((PANEL, self._is_panel_wanted), (FOLDED, self._is_fold_wanted)):
            settings.set(name, 2 if wanted is None else int(wanted))

    # In projects --------------------------------------------------------------------------------

    def describe(self) -> dict[str, str]:
        """Return what the user has chosen: the widths, and whether rail and settings are shown."""
        wishes = {
            PANEL: WISHES[self._is_panel_wanted],
            FOLDED: WISHES[self._is_fold_wanted],
            UNDER: kept.listed(self._heights),
        }
        if self._enlarged is not None or self._is_presenting:
            return wishes
        is_by_hand = self._is_page in self._by_hand and not self._is_under
        return wishes | {SHARES: kept.listed(self.sizes()) if is_by_hand else ""}

    def choose(self, layout: Mapping[str, str]) -> None:
        """Choose this, in the form of `describe`; widths are those of a window of any width."""
        wishes = {words: wish for wish, words in WISHES.items()}
        width = self.window().width()
        self.reset(width)
        self._is_panel_wanted = wishes.get(layout.get(PANEL, ""))
        self._is_fold_wanted = wishes.get(layout.get(FOLDED, ""))
        self._heights = kept.sizes(layout.get(UNDER, ""), 2) or []
        if self._is_fold_wanted is not None:
            self._fold_rail(self._is_fold_wanted)
        self._show_columns()
        self.share(width)
        if widths := kept.sizes(layout.get(SHARES, ""), self.count()):
            self._by_hand.add(self._is_page)
            room = sum(self.sizes())
            self.setSizes([room * each // sum(widths) for each in widths])
