"""A figure as a value: shapes on a page, as SVG and, without a display, as PNG."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

import assets
from core.files import writing, writing_bytes
from core.invisible_characters import visible

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

INK, MUTED, GRID = "#1E2329", "#5D6675", "#DDE1E7"
PAPER = "#FFFFFF"
SCALE = 2  # pixels of a PNG for each unit
FINER = 2  # a PNG is painted so many times as large, and made smaller: smooth edges
FACE = "Inter-Regular.ttf"
ANCHORS = {"start": "l", "middle": "m", "end": "r"}

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line through points; dashed where `is_dashed`."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.5
    is_dashed: bool = False


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True)
class Dot:
    """A filled circle with a thin rim."""

    x: float
    y: float
    radius: float
    fill: str
    rim: str = PAPER


@dataclass(frozen=True)
class Words:
    """A line of text; y is that of its middle."""

    x: float
    y: float
    text: str
    size: float = 11.0
    colour: str = INK
    anchor: Anchor = "start"


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels (rows, columns, 3), uint8, stretched over a rectangle."""

    x: float
    y: float
    width: float
    height: float
    pixels: NDArray[np.uint8]


Shape = Line | Box | Dot | Words | Picture


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure, which a notebook shows by itself.

    width, height : of the page. shapes : from back to front, y down. title : what it shows, also
    read aloud.
    """

    title: str
    width: float
    height: float
    shapes: Sequence[Shape] = field(repr=False)

    def svg(self) -> str:
        """Return the figure as SVG."""
        w, h = f"{self.width:g}", f"{self.height:g}"
        title = escape(visible(self.title))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" '
            f'viewBox="0 0 {w} {h}" role="img" font-family="Inter, Helvetica, Arial, sans-serif">'
            f'<title>{title}</title><rect width="{w}" height="{h}" fill="{PAPER}"/>'
            f"{''.join(map(_svg, self.shapes))}</svg>"
        )

    def png(self) -> bytes:
        """Return the figure as PNG, with two pixels for each unit."""
        from PIL import Image, ImageDraw

        factor = SCALE * FINER
        size = round(self.width * factor), round(self.height * factor)
        page = Image.new("RGB", size, PAPER)
        pen = ImageDraw.Draw(page)
        for shape in self.shapes:
            if isinstance(shape, Picture):
                made = Image.fromarray(shape.pixels, "RGB")
                wanted = round(shape.width * factor), round(shape.height * factor)
                at = round(shape.x * factor), round(shape.y * factor)
                page.paste(made.resize(wanted, Image.Resampling.NEAREST), at)
            else:
                _paint(pen, shape, factor)
        out = io.BytesIO()
        half = size[0] // FINER, size[1] // FINER
        page.resize(half, Image.Resampling.BOX).save(out, "PNG")
        return out.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write it as PNG if the path ends so, else as SVG, and return the path.

        Raises SaveError.
        """
        target = Path(path)
        if target.suffix.lower() == ".png":
            with writing_bytes(target) as file:
                file.write(self.png())
        else:
            with writing(target) as text:
                text.write(self.svg())
        return target

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_png_(self) -> bytes:
        return self.png()


def _svg(shape: Shape) -> str:
    match shape:
        case Line(points, colour, width, is_dashed):
            path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
            dashes = ' stroke-dasharray="5 4"' if is_dashed else ""
            return (
                f'<polyline points="{path}" fill="none" stroke="{colour}" '
                f'stroke-width="{width:g}" stroke-linejoin="round"{dashes}/>'
            )
        case Box(x, y, width, height, fill):
            return (
                f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
                f'fill="{fill}"/>'
            )
        case Dot(x, y, radius, fill, rim):
            return (
                f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" fill="{fill}" stroke="{rim}" '
                'stroke-width="0.7"/>'
            )
        case Words(x, y, text, size, colour, anchor):
            return (
                f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" fill="{colour}" '
                f'text-anchor="{anchor}" dominant-baseline="central">{escape(visible(text))}</text>'
            )
        case Picture(x, y, width, height, pixels):
            return (
                f'<image x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
                'preserveAspectRatio="none" style="image-rendering:pixelated" '
                f'href="data:image/png;base64,{_png_of(pixels)}"/>'
            )


def _png_of(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def _paint(pen: ImageDraw.ImageDraw, shape: Line | Box | Dot | Words, factor: int) -> None:
    match shape:
        case Line(points, colour, width, is_dashed):
            places = [(x * factor, y * factor) for x, y in points]
            for part in _dashes(places, factor) if is_dashed else [places]:
                pen.line(part, fill=colour, width=max(round(width * factor), 1), joint="curve")
        case Box(x, y, width, height, fill):
            if width > 0 and height > 0:
                corner = (x + width) * factor - 1, (y + height) * factor - 1
                pen.rectangle((x * factor, y * factor, *corner), fill=fill)
        case Dot(x, y, radius, fill, rim):
            box = [(v + d * radius) * factor for d in (-1, 1) for v in (x, y)]
            pen.ellipse(box, fill=fill, outline=rim, width=max(round(0.7 * factor), 1))
        case Words(x, y, text, size, colour, anchor):
            place = x * factor, y * factor
            face = _face(round(size * factor))
            pen.text(place, visible(text), fill=colour, font=face, anchor=f"{ANCHORS[anchor]}m")


def _dashes(places: list[Point], factor: int) -> list[list[Point]]:
    """Return the dashes of a line, 5 units each with gaps of 4."""
    dash, gap, parts = 5.0 * factor, 4.0 * factor, []
    before = 0.0  # the length of the line up to here
    for (x0, y0), (x1, y1) in pairwise(places):
        length = math.hypot(x1 - x0, y1 - y0)
        at = -(before % (dash + gap))  # where the last dash began
        while at < length:
            low, high = max(at, 0.0), min(at + dash, length)
            if low < high:
                ends = low / length, high / length
                parts.append([(x0 + t * (x1 - x0), y0 + t * (y1 - y0)) for t in ends])
            at += dash + gap
        before += length
    return parts


@cache
def _face(size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    data = files(assets).joinpath("fonts", FACE).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size)
