"""Help texts in non-modal dialogs, so that training continues."""

from __future__ import annotations

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

from core.model_family import FAMILY
from gui.kit import zoom

HELP_SIZE = 640, 620  # px
STEPS = (
    (
        "First steps",
        "Press Space: the model learns; watch boundary and loss. Move the learning rate "
        "<i>η</i> until the steps overshoot. Choose other data on the rail at the left, or draw "
        "points of your own.",
    ),
    (
        "Settings",
        "The row under the run bar has what a lecture needs; <i>All settings</i> (Ctrl+,) "
        "has every field. A dot ● marks a value that is not the default; one press returns all.",
    ),
    (
        "Lessons",
        "Each sets data, model and settings up, says what to watch and waits for it; Back and Next "
        "go from step to step. Ctrl+Z brings back what was there before; the time line at the foot "
        "goes back to any step. <i>Open lesson</i> in the File menu opens your own.",
    ),
    (
        "In a hall",
        "F5 presents: stage, loss and numbers alone, large. PageDown and PageUp turn the "
        "page, the full stop blacks the screen, P shows a ring at the pointer, Esc leaves.",
    ),
    (
        "Larger or smaller",
        "Ctrl with + or − zooms everything; Ctrl+0 returns to 100 %. The button □ "
        "of a card gives it all the room; Esc returns.",
    ),
    (
        "Where results go",
        "<i>File</i> saves the model, the data as CSV and a picture of the window, where you "
        "choose; <i>Export</i> in it has pictures of views, animations, a report to hand in, and "
        "the run as a program or a notebook. K keeps a run; the view <i>Runs</i> sets kept ones "
        "side by side. Ctrl+S saves all of it as one project.",
    ),
)


def show_help(parent: QWidget, keys: Iterable[tuple[tuple[str, ...], str]]) -> None:
    """Show an introduction to the program and, below it, the list of keys, one row each."""
    rows = "".join(
        f"<tr><td style='padding-right:16px'><b>{' &nbsp; '.join(row)}</b></td><td>{what}</td></tr>"
        for row, what in keys
    )
    steps = "".join(f"<p><b>{title}.</b> {words}</p>" for title, words in STEPS)
    text = QTextBrowser()
    text.setAccessibleName("help")
    text.setProperty("reached", True)
    text.setToolTip("What you can do, and below it all keys; arrow keys scroll, Esc closes")
    text.setHtml(f"<h3>What can I do?</h3>{steps}<h3>Keys</h3><table>{rows}</table>")
    box = QDialog(parent)
    box.setWindowTitle("Help")
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
    titles = ("model", "activation", "loss of an example", "∂L/∂z", "decides by", "for")
    head = "".join(f"<th align='left' style='padding-right:18px'>{title}</th>" for title in titles)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td style='padding-right:18px; padding-top:6px'>{cell}</td>"
            for cell in (
                f"<b>{kind.title}</b>",
                kind.activation,
                kind.formula,
                kind.gradient,
                kind.decides,
                kind.takes,
            )
        )
        + "</tr>"
        for kind in FAMILY.values()
    )
    text = (
        "<p>All are one linear map z = Wx + b; they differ in what comes after it. "
        "Then ∇W is the mean of ∂L/∂z · xᵀ, and ∇b that of ∂L/∂z.</p>"
    )
    _tell(parent, "The family of models", f"{text}<table><tr>{head}</tr>{rows}</table>")


def _tell(parent: QWidget, title: str, text: str) -> None:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(text)
    box.setModal(False)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.show()
