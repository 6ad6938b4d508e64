"""Words about the program, shown beside the window while training goes on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from core.model_family import FAMILY

ABOUT = (
    "<b>Logit Lab</b><p>See logistic and softmax regression learn.</p>"
    "<p>Iris: R. A. Fisher, 1936. Digits: E. Alpaydin and C. Kaynak, 1998. "
    "Both from the UCI repository, CC BY 4.0.</p>"
)


def show_keys(parent: QWidget, keys: Iterable[tuple[tuple[str, ...], str]]) -> None:
    """Show which keys do what, a row each."""
    rows = "".join(
        f"<tr><td style='padding-right:16px'><b>{' &nbsp; '.join(row)}</b></td><td>{what}</td></tr>"
        for row, what in keys
    )
    _tell(parent, "Keys", f"<table>{rows}</table>")


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
    words = (
        "<p>All are one linear map z = Wx + b; they differ in what comes after it. "
        "Then ∇W is the mean of ∂L/∂z · xᵀ, and ∇b that of ∂L/∂z.</p>"
    )
    _tell(parent, "The family of models", f"{words}<table><tr>{head}</tr>{rows}</table>")


def show_about(parent: QWidget) -> None:
    _tell(parent, "About Logit Lab", ABOUT)


def _tell(parent: QWidget, title: str, text: str) -> None:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(text)
    box.setModal(False)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.show()
