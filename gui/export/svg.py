"""Drawings as SVG: shapes as paths, pictures inside, nothing that depends on fonts of a machine.

What a clip confines is cut, as far as that is exact, and marked with the clip besides: programs
that do not know clips of SVG, as Qt's own, then show the same.
"""

from __future__ import annotations

import base64
from itertools import pairwise
from xml.sax.saxutils import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPainterPathStroker, QPen, QTransform

from gui.export.drawing import Clip, Drawing, Fill, Picture, Shape, Stroke

MOST_CUT = 400  # elements of an area that is cut: Qt takes the square of them
FINE = 4  # pixels a unit of pictures that are cut
SHARP_PX, MOST_SHARP_PX = 3, 4096  # pixels a unit of pictures that are not interpolated
CAPS = {Qt.PenCapStyle.FlatCap: "butt", Qt.PenCapStyle.RoundCap: "round"}
JOINS = {Qt.PenJoinStyle.RoundJoin: "round", Qt.PenJoinStyle.BevelJoin: "bevel"}


def to_svg(drawing: Drawing, title: str) -> bytes:
    """Return the drawing as an SVG file. title : for screen readers and file managers."""
    clips: dict[str, str] = {}  # names of the clips, by their paths
    body = "\n".join(filter(None, (_element(shape, clips) for shape in drawing.shapes)))
    defined = "".join(
        f'<clipPath id="{name}"><path d="{path}"/></clipPath>' for path, name in clips.items()
    )
    width, height = drawing.size.toTuple()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'version="1.1" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f"<title>{escape(title)}</title>\n<defs>{defined}</defs>\n{body}\n</svg>\n"
    ).encode()


def _element(shape: Shape, clips: dict[str, str]) -> str:
    shape = _cut(shape)
    attribute = ""
    if shape.clip is not None:
        name = clips.setdefault(_data(shape.clip), f"c{len(clips)}")
        attribute = f' clip-path="url(#{name})"'
    if isinstance(shape, Picture):
        text = _image(shape)
    elif isinstance(shape, Fill):
        text = _area(shape)
    else:
        text = _line(shape)
    return f"<g{attribute}>{text}</g>" if text and attribute else text


def _area(fill: Fill) -> str:
    rule = "evenodd" if fill.path.fillRule() is Qt.FillRule.OddEvenFill else "nonzero"
    colour = fill.colour
    opacity = "" if colour.alpha() == 255 else f' fill-opacity="{_number(colour.alphaF())}"'
    data = _data(fill.path)
    if not data:
        return ""
    return f'<path d="{data}" fill="{colour.name()}"{opacity} fill-rule="{rule}"/>'


def _line(stroke: Stroke) -> str:
    pen, colour = stroke.pen, stroke.pen.color()
    data = _data(stroke.path)
    if not data:
        return ""
    more = "" if colour.alpha() == 255 else f' stroke-opacity="{_number(colour.alphaF())}"'
    if pen.style() is not Qt.PenStyle.SolidLine:
        dashes = " ".join(_number(part * pen.widthF()) for part in pen.dashPattern())
        more += f' stroke-dasharray="{dashes}"'
    return (
        f'<path d="{data}" fill="none" stroke="{colour.name()}" '
        f'stroke-width="{_number(pen.widthF())}" '
        f'stroke-linecap="{CAPS.get(pen.capStyle(), "square")}" '
        f'stroke-linejoin="{JOINS.get(pen.joinStyle(), "miter")}"{more}/>'
    )


def _image(picture: Picture) -> str:
    image, place = picture.image, picture.place
    width, height = image.width(), image.height()
    if not picture.is_smooth:  # else each program would interpolate as it likes
        bounds = picture.bounds
        times = max(
            -(-SHARP_PX * bounds.width() // width), -(-SHARP_PX * bounds.height() // height), 1
        )
        times = max(1, min(int(times), MOST_SHARP_PX // max(width, height)))
        image = image.scaled(width * times, height * times)
    matrix = " ".join(
        _number(m, 6)
        for m in (place.m11(), place.m12(), place.m21(), place.m22(), place.dx(), place.dy())
    )
    opacity = "" if picture.opacity == 1 else f' opacity="{_number(picture.opacity)}"'
    return (
        f'<image transform="matrix({matrix})" width="{width}" height="{height}" '
        f'preserveAspectRatio="none"{opacity} '
        f'xlink:href="data:image/png;base64,{base64.b64encode(as_png(image)).decode()}"/>'
    )


def as_png(image: QImage) -> bytes:
    """Return an image as a PNG file; raise MemoryError if there is no memory for it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stubs lack devices
        raise MemoryError
    return bytes(data.data())


# Paths as text --------------------------------------------------------------------------------


def _data(path: QPainterPath) -> str:
    """Return a path in the language of the attribute `d`."""
    Kind = QPainterPath.ElementType
    parts: list[str] = []
    for i in range(path.elementCount()):
        element = path.elementAt(i)
        kind = element.type
        if kind is Kind.MoveToElement:
            parts.append("M")
        elif kind is Kind.LineToElement:
            parts.append("L")
        elif kind is Kind.CurveToElement:
            parts.append("C")
        parts.append(f"{_number(element.x)} {_number(element.y)}")
    return " ".join(parts)


def _number(value: float, digits: int = 3) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


# Cutting --------------------------------------------------------------------------------------


def _cut(shape: Shape) -> Shape:
    """Return what is left of a shape within its clip."""
    clip = shape.clip
    if clip is None:
        return shape
    if isinstance(shape, Picture):
        return _cut_picture(shape, clip)
    if isinstance(shape, Stroke):
        if _is_rectangle(clip) and _is_straight(shape.path) and _is_solid(shape.pen):
            return Stroke(_cut_line(shape.path, clip.boundingRect()), shape.pen, clip)
        if shape.path.elementCount() > MOST_CUT:
            return shape
        outline = QPainterPathStroker(shape.pen).createStroke(shape.path)
        outline.setFillRule(Qt.FillRule.WindingFill)
        return Fill(outline.intersected(clip), shape.pen.color())
    if shape.path.elementCount() > MOST_CUT:
        return shape
    return Fill(shape.path.intersected(clip), shape.colour)


def _cut_picture(picture: Picture, clip: QPainterPath) -> Picture:
    """Return the picture's part within the clip, as finely as is seen."""
    bounds = (clip.boundingRect() & picture.bounds).toAlignedRect()
    if bounds.isEmpty():
        return picture
    image = QImage(bounds.size() * FINE, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise MemoryError
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.is_smooth)
    painter.scale(FINE, FINE)
    painter.translate(-QPointF(bounds.topLeft()))
    painter.setClipPath(clip)
    painter.setTransform(picture.place, True)
    painter.drawImage(0, 0, picture.image)
    painter.end()
    place = QTransform.fromTranslate(bounds.left(), bounds.top())
    place.scale(1 / FINE, 1 / FINE)
    return Picture(image, place, is_smooth=True, opacity=picture.opacity)


def _cut_line(path: QPainterPath, room: QRectF) -> QPainterPath:
    """Return the parts of a line of straight pieces that lie in a rectangle."""
    cut, end = QPainterPath(), QPointF()
    points = [path.elementAt(i) for i in range(path.elementCount())]
    for before, after in pairwise(points):
        if after.isMoveTo():
            continue
        piece = _within(QLineF(before.x, before.y, after.x, after.y), room)
        if piece is None:
            continue
        if not cut.elementCount() or piece.p1() != end:
            cut.moveTo(piece.p1())
        cut.lineTo(piece.p2())
        end = piece.p2()
    return cut


def _within(line: QLineF, room: QRectF) -> QLineF | None:
    """Return the part of a line in a rectangle, by the algorithm of Liang and Barsky; or None."""
    first, last = 0.0, 1.0
    for step, before, after in (
        (line.dx(), line.x1() - room.left(), room.right() - line.x1()),
        (line.dy(), line.y1() - room.top(), room.bottom() - line.y1()),
    ):
        for towards, gap in ((-step, before), (step, after)):
            if towards == 0:
                if gap < 0:
                    return None
            elif towards < 0:
                first = max(first, gap / towards)
            else:
                last = min(last, gap / towards)
    if first > last:
        return None
    return QLineF(line.pointAt(first), line.pointAt(last)) if (first, last) != (0, 1) else line


def _is_rectangle(clip: Clip) -> bool:
    if clip is None or clip.elementCount() not in (4, 5) or not _is_straight(clip):
        return False
    around = clip.boundingRect()
    inside = QPainterPath()
    inside.addRect(around)
    corners = {(clip.elementAt(i).x, clip.elementAt(i).y) for i in range(clip.elementCount())}
    box = {(inside.elementAt(i).x, inside.elementAt(i).y) for i in range(4)}
    return not around.isEmpty() and corners == box


def _is_straight(path: QPainterPath) -> bool:
    Kind = QPainterPath.ElementType
    lines = (Kind.MoveToElement, Kind.LineToElement)
    return all(path.elementAt(i).type in lines for i in range(path.elementCount()))


def _is_solid(pen: QPen) -> bool:
    return pen.style() is Qt.PenStyle.SolidLine
