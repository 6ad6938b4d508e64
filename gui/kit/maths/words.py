"""A label of rich text whose formulae stand on the baseline of the words around them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QLabel

IDEAL = 480  # px: the width that is wished for, of words that wrap
Vertical = QTextCharFormat.VerticalAlignment


class Words(QLabel):
    """Shows rich text, which wraps. Qt's own label puts the lower edge of pictures on the baseline.

    The text is HTML with pictures by `gui.kit.maths.inline`.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._document = QTextDocument()
        self._reserved: list[QTextDocument] = []
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._document = self._document_of(text)
        self.updateGeometry()

    def reserve(self, texts: Iterable[str]) -> None:
        """Ask for the height of the highest of these texts at least, whichever is shown."""
        self._reserved = [self._document_of(text) for text in texts]
        self.updateGeometry()

    def _document_of(self, text: str) -> QTextDocument:
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(self.font())
        document.setHtml(text)
        on_baseline(document)
        return document

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for document in (self._document, *self._reserved):
                document.setDefaultFont(self.font())
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        documents = (self._document, *self._reserved)
        return max(_height(document, width) for document in documents)

    def lines(self, width: int) -> int:
        """Return how many lines the words need at this width in px, low or high ones."""
        self._document.setTextWidth(max(width, 1))
        self._document.size()  # lays the lines out
        block, count = self._document.begin(), 0
        while block.isValid():
            count += block.layout().lineCount()
            block = block.next()
        return count

    def sizeHint(self) -> QSize:
        wide = 0.0
        for document in (self._document, *self._reserved):
            document.setTextWidth(-1)
            wide = max(wide, document.idealWidth())
        width = min(round(wide + 1), IDEAL)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        height = _height(self._document, self.width())
        context = QAbstractTextDocumentLayout.PaintContext()
        ink = self.palette().color(self.foregroundRole())
        context.palette.setColor(QPalette.ColorRole.Text, ink)
        painter = QPainter(self)
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter:
            painter.translate(0, max(self.height() - height, 0) // 2)
        self._document.documentLayout().draw(painter, context)
        painter.end()


def _height(document: QTextDocument, width: int) -> int:
    document.setTextWidth(max(width, 1))
    return round(document.size().height() + 0.5)


def on_baseline(document: QTextDocument) -> None:
    """Put pictures that name no place as deep as letters go below the baseline."""
    block = document.begin()
    while block.isValid():
        parts = block.begin()
        while not parts.atEnd():
            fragment = parts.fragment()
            form = fragment.charFormat()
            if form.isImageFormat() and form.verticalAlignment() == Vertical.AlignNormal:
                cursor = QTextCursor(document)
                cursor.setPosition(fragment.position())
                end = fragment.position() + fragment.length()
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                change = QTextCharFormat()
                change.setVerticalAlignment(Vertical.AlignBaseline)
                cursor.mergeCharFormat(change)
            parts += 1
        block = block.next()
