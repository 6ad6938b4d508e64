"""Text with pictures as PDF on pages of A4."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QEventLoop,
    QMarginsF,
    QRectF,
    QSizeF,
    Qt,
    QUrl,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from gui.export.drawing import Drawing
from gui.export.pdf import written
from gui.kit import theme as look

RESOLUTION = 300  # dots per inch, of the pages and of the pictures
MARGIN_MM, FOOT_MM = 15.0, 8.0
DPI, MM_PER_INCH = 96, 25.4
BODY_PT, FOOT_PT = 9.5, 8.0
WIDTH_PX = round(140 / MM_PER_INCH * DPI)  # at most, of a picture, as HTML counts it
STYLE = """
h1 { font-size: 17pt; } h2 { font-size: 12.5pt; margin-top: 14px; }
p { margin-top: 2px; margin-bottom: 4px; } .muted { color: #5D6675; }
table { margin-top: 2px; margin-bottom: 8px; }
th { font-weight: 600; } .code { background-color: #EEF1F5; font-size: 8.5pt; }
"""


def width_of(drawing: Drawing) -> int:
    """Return how wide a picture stands on the page, in pixels as HTML counts them."""
    return min(drawing.size.width(), WIDTH_PX)


def to_pages(html: str, pictures: Mapping[str, Drawing], title: str) -> bytes:
    """Return HTML as PDF. pictures : by the addresses that the text names."""
    # A document starts a timer, which needs this on a thread that Qt has not made.
    dispatcher = QEventLoop()
    with written(title, RESOLUTION) as (writer, data):
        margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
        page = QPageSize(QPageSize.PageSizeId.A4)
        writer.setPageLayout(
            QPageLayout(
                page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
            )
        )
        document = _document(html, pictures, writer)
        painter = QPainter(writer)
        area = QSizeF(writer.width(), writer.height() - _dots(FOOT_MM))
        document.setPageSize(area)
        _keep_tables_whole(document)
        for number in range(document.pageCount()):
            if number:
                writer.newPage()
            _paint_page(painter, document, area, number, title)
        painter.end()
    document.deleteLater()
    dispatcher.processEvents()
    return bytes(data.data())


def _document(html: str, pictures: Mapping[str, Drawing], writer: QPdfWriter) -> QTextDocument:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(_font(BODY_PT))
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultStyleSheet(STYLE)
    for address, drawing in pictures.items():
        scale = width_of(drawing) / drawing.size.width() * RESOLUTION / DPI
        kind = QTextDocument.ResourceType.ImageResource.value
        document.addResource(kind, QUrl(address), drawing.image(scale))
    document.setHtml(html)
    return document


def _keep_tables_whole(document: QTextDocument) -> None:
    """Begin a page before each table that would be on two, with the heading above it."""
    height, layout = document.pageSize().height(), document.documentLayout()
    always = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore
    for table in document.rootFrame().childFrames():  # in order: a break moves those below
        room = layout.frameBoundingRect(table)
        above = document.findBlock(table.firstPosition() - 2)
        has_heading = above.blockFormat().headingLevel() > 0
        top = layout.blockBoundingRect(above).top() if has_heading else room.top()
        if room.bottom() - top > height or top // height == (room.bottom() - 1) // height:
            continue
        if has_heading:
            form = above.blockFormat()
            form.setPageBreakPolicy(always)
            QTextCursor(above).setBlockFormat(form)
        else:
            style = table.frameFormat()
            style.setPageBreakPolicy(always)
            table.setFrameFormat(style)


def _paint_page(
    painter: QPainter, document: QTextDocument, area: QSizeF, number: int, title: str
) -> None:
    painter.save()
    painter.translate(0, -number * area.height())
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = QRectF(0, number * area.height(), area.width(), area.height())
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, QColor(look.LIGHT.ink))
    context.palette = palette
    painter.setClipRect(context.clip)
    document.documentLayout().draw(painter, context)
    painter.restore()
    painter.setFont(_font(FOOT_PT))
    painter.setPen(QColor(look.LIGHT.muted))
    foot = QRectF(0, area.height(), area.width(), _dots(FOOT_MM))
    pages = f"{number + 1} / {document.pageCount()}"
    room = area.width() - painter.fontMetrics().horizontalAdvance(pages) - _dots(MARGIN_MM)
    words = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room))
    bottom = Qt.AlignmentFlag.AlignBottom
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | bottom), words)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight | bottom), pages)


def _font(points: float) -> QFont:
    """Return the application's type, in which text can be copied from a PDF.

    That of figures of one width cannot: Qt does not say which characters these are.
    """
    font = look.base_font()
    font.clearFeatures()
    font.setPointSizeF(points)
    return font


def _dots(mm: float) -> float:
    return mm / MM_PER_INCH * RESOLUTION
