"""Help texts in non-modal dialogs, so that training continues."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from core.language import mark, tr
from core.model_family import FAMILY
from gui.kit import zoom

HELP_SIZE = 640, 620  # px
STEPS = (
    (
        mark("First steps"),
        mark(
            "Press Space: the model learns; watch boundary and loss. Move the learning rate "
            "<i>η</i> until the steps overshoot. Choose other data on the rail at the left, or "
            "draw points of your own."
        ),
    ),
    (
        mark("Settings"),
        mark(
            "The row under the run bar has what a lecture needs; <i>All settings</i> (Ctrl+,) "
            "has every field. A dot ● marks a value that is not the default; one press returns all."
        ),
    ),
    (
        mark("Lessons"),
        mark(
            "Each sets data, model and settings up, says what to watch and waits for it; Back "
            "and Next go from step to step. Ctrl+Z brings back what was there before; the time "
            "line at the foot goes back to any step. <i>Open lesson</i> in the File menu opens "
            "your own."
        ),
    ),
    (
        mark("In a hall"),
        mark(
            "F5 presents: stage, loss and numbers alone, large. PageDown and PageUp turn the "
            "page, the full stop blacks the screen, P shows a ring at the pointer, Esc leaves."
        ),
    ),
    (
        mark("Larger or smaller"),
        mark(
            "Ctrl with + or − zooms everything; Ctrl+0 returns to 100 %. The button □ "
            "of a card gives it all the room; Esc returns."
        ),
    ),
    (
        mark("Where results go"),
        mark(
            "<i>File</i> saves the model, the data as CSV and a picture of the window, where "
            "you choose; <i>Export</i> in it has pictures of views, animations, a report to "
            "hand in, and the run as a program or a notebook. K keeps a run; the view "
            "<i>Runs</i> sets kept ones side by side. Ctrl+S saves all of it as one project."
        ),
    ),
)


KEY_NAMES = (
    *(mark("Ctrl"), mark("Shift"), mark("Space"), mark("Return"), mark("Esc")),
    *(mark("Home"), mark("PgUp"), mark("PgDown")),
)


def shown_key(key: str) -> str:
    """Return a key, or several pressed at once, as they are called where the window is read."""
    return re.sub("|".join(KEY_NAMES), lambda name: tr(name[0]), key)


def show_help(parent: QWidget, keys: Iterable[tuple[tuple[str, ...], str]]) -> None:
    """Show an introduction to the program and, below it, the list of keys, one row each."""
    rows = "".join(
        f"<tr><td style='padding-right:16px'><b>{shown}</b></td><td>{what}</td></tr>"
        for shown, what in ((" &nbsp; ".join(map(shown_key, row)), what) for row, what in keys)
    )
    heads = {title: tr("{words}.", words=tr(title)) for title, _ in STEPS}
    steps = "".join(f"<p><b>{heads[title]}</b> {tr(words)}</p>" for title, words in STEPS)
    text = QTextBrowser()
    text.setAccessibleName(tr("help"))
    text.setProperty("reached", True)
    text.setToolTip(tr("What you can do, and below it all keys; arrow keys scroll, Esc closes"))
    ask, keys_head = tr("What can I do?"), tr("Keys")
    text.setHtml(f"<h3>{ask}</h3>{steps}<h3>{keys_head}</h3><table>{rows}</table>")
    box = QDialog(parent)
    box.setWindowTitle(tr("Help"))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    close.rejected.connect(box.reject)
    layout = QVBoxLayout(box)
    layout.addWidget(text)
    layout.addWidget(close)
    box.resize(QSize(zoom.px(HELP_SIZE[0]), zoom.px(HELP_SIZE[1])).boundedTo(parent.size()))
    box.show()


def show_family(parent: QWidget) -> None:
    """Show the family of models as one table."""
    titles = (
        tr("model"),
        tr("activation"),
        tr("loss of an example"),
        "∂L/∂z",
        tr("decides by"),
        tr("for"),
    )
    head = "".join(f"<th align='left' style='padding-right:18px'>{title}</th>" for title in titles)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td style='padding-right:18px; padding-top:6px'>{cell}</td>"
            for cell in (
                f"<b>{tr(kind.title)}</b>",
                tr(kind.activation),
                tr(kind.formula),
                tr(kind.gradient),
                tr(kind.decides),
                tr("two classes") if kind.is_neuron else tr("all classes"),
            )
        )
        + "</tr>"
        for kind in FAMILY.values()
    )
    text = tr(
        "All are one linear map z = Wx + b; they differ in what comes after it. "
        "Then ∇W is the mean of ∂L/∂z · xᵀ, and ∇b that of ∂L/∂z."
    )
    _tell(parent, tr("The family of models"), f"<p>{text}</p><table><tr>{head}</tr>{rows}</table>")


def _tell(parent: QWidget, title: str, text: str) -> None:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(text)
    box.setModal(False)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.show()
