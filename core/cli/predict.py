"""Query a saved model in the terminal: `app.py predict --model FILE …`."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from core import files
from core.cli import predict_table, predict_text, terminal
from core.cli.answer import answer_json, answer_lines, answer_of
from core.cli.parser import Parser
from core.cli.pictured import CLEANINGS, NO_INK, Example, pictured
from core.cli.reading_options import add_reading_options
from core.cli.terminal import DONE, PROGRAM
from core.data.digits.drawing import DigitPreprocessing, draw
from core.data.indicators import Asked
from core.errors import DataError
from core.explain import doubt, prediction
from core.explain.prediction import Answer
from core.invisible_characters import visible
from core.runs import model_file
from core.runs.model import Model
from core.setting_checks import MAX_FLOAT

MAX_BYTES = 10 * 2**20
MAX_POINTS = 100_000
MAX_VALUE = float(np.finfo(np.float32).max)

Stroke = list[tuple[float, float]]
Picture = NDArray[np.float32]


class Drawing(NamedTuple):
    """Strokes of (x, y), y down, and the pen width in pixels of the picture, None if not given."""

    strokes: list[Stroke]
    pen_width: float | None


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def make_parser() -> Parser:
    """Return the parser of “predict”."""
    parser = Parser(
        prog=f"{PROGRAM} predict",
        description="Ask a model that “train --save” or the window kept.",
    )
    parser.add_argument("--model", metavar="FILE", required=True, help="the model")
    _add_examples(parser.add_mutually_exclusive_group(required=True))
    parser.add_argument(
        "--deskew",
        action=argparse.BooleanOptionalAction,
        help="shear the picture until it stands upright (default: as in training)",
    )
    parser.add_argument(
        "--without",
        metavar="STEP,…",
        type=_steps,
        default=(),
        help=f"leave out steps by which --image finds the digit: {', '.join(CLEANINGS)}",
    )
    parser.add_argument("--json", metavar="FILE", help="write the answer; - for stdout")
    group = parser.add_argument_group("with --table, or with a folder")
    group.add_argument(
        "--out",
        metavar="FILE",
        help="where the table, or one of the folder's files, is written with the class and the "
        "probabilities; - for stdout",
    )
    add_reading_options(group)
    return parser


def _main(arguments: list[str]) -> int:
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.image is not None and Path(options.image).expanduser().is_dir():
        from core.cli import predict_pictures  # imports Pillow

        return predict_pictures.report(options)
    if (options.table is None) != (options.out is None):
        parser.error("--table and --out go together")
    if options.text is not None or options.document is not None:
        return predict_text.report(options)
    return report(options) if options.table is None else predict_table.report(options)


def _add_examples(group: argparse._MutuallyExclusiveGroup) -> None:
    """Add the options for what the model is asked about."""
    group.add_argument(
        "--strokes",
        metavar="FILE.json",
        help="a drawing: a list of strokes, each a list of points [x, y] in any unit, y down",
    )
    group.add_argument(
        "--image",
        metavar="FILE",
        help="a picture (PNG, JPEG, WebP, GIF, BMP, TIFF): of one digit, dark on light or light on "
        "dark; for a model of a folder's pictures any, scaled as those; or a folder of pictures",
    )
    group.add_argument(
        "--values",
        metavar="A,B,…",
        help="measured features in the model's order, as in 5.1,3.5; words as in the table",
    )
    group.add_argument("--text", metavar="WORDS", help="a text, for a model of documents")
    group.add_argument(
        "--document",
        metavar="FILE",
        help="a text file, for a model of documents; - for standard input",
    )
    group.add_argument(
        "--table",
        metavar="FILE",
        help="a table of text with the features, or the texts, among its columns, found by their "
        "names; - for standard input",
    )


def report(options: argparse.Namespace) -> int:
    """Load the model, evaluate it and print the answer; return the exit code."""
    terminal.check_writable(options.json)
    model = model_file.load(Path(options.model))
    example = example_from(model, options)
    found = answer_of(model, example.values)
    doubts = _doubts(model, example, found)
    print(
        *map(visible, answer_lines(found, model.config.model.kind, model.class_names)),
        *(visible(f"Doubt: {sentence}") for sentence in doubts),
        *(visible(f"Note: {sentence}") for sentence in example.notes),
        sep="\n",
        file=terminal.stream_for_words(options.json),
        flush=True,
    )
    told = answer_json(found, model, options.model)
    if doubt.is_unsure(model.config.model.kind, found):  # the last line says so in the terminal
        doubts.append(prediction.describe(model.config.model.kind, found, model.class_names))
    told |= {"doubts": doubts, "notes": list(example.notes)}
    terminal.write_json(told, options.json)
    return DONE


def _doubts(model: Model, example: Example, found: Answer) -> list[str]:
    """Return sentences on what is ambiguous about a picture or a drawing."""
    doubts = list(example.doubts)
    if model.recipe is not None and model.config.data.source != "pictures":
        picture = example.values.reshape(model.recipe.size, model.recipe.size)
        doubts.append(
            doubt.doubt_nearby(model, model.params, picture, found.decided, model.class_names)
        )
    return [sentence for sentence in doubts if sentence]


def example_from(model: Model, options: argparse.Namespace) -> Example:
    """Return the example to evaluate."""
    if model.vocabulary is not None:
        raise DataError(f"{options.model} reads texts; use --text, --document or --table.")
    if options.values is not None:
        return Example(_measured(model, options.values))
    if model.image_shape is None:
        raise DataError(
            f"{options.model} reads measured features, no pictures; use --values with "
            f"{_wanted(model)}."
        )
    recipe = model.recipe
    if recipe is not None and options.deskew is not None:
        recipe = replace(recipe, deskew=options.deskew)
    if options.strokes is not None:
        if recipe is None:
            raise DataError(
                f"{options.model} reads pictures of {model.image_shape[0]} × "
                f"{model.image_shape[1]} pixels, no drawings; use --image."
            )
        return Example(_drawn(Path(options.strokes), recipe).ravel())
    return pictured(Path(options.image), model, options.without, is_deskewed=options.deskew)


def read_strokes(path: Path) -> Drawing:
    """Read a drawing from JSON; raise DataError if the file is not one.

    A drawing is a list of strokes, or {"strokes": […], "pen_width": …}. A stroke is a list of
    points [x, y] or [x, y, pressure]; pressure is ignored.
    """
    try:
        found = json.loads(
            files.contents(path, "a drawing", MAX_BYTES).decode("utf-8-sig"),
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{path.name} is no JSON ({error}); a list of strokes was expected, each a list of "
            "points [x, y]."
        ) from error
    pen_width = None
    if isinstance(found, dict):
        if "strokes" not in found or not set(found) <= {"strokes", "pen_width"}:
            raise DataError(
                f"{path.name} has {_short(list(found))}; “strokes” was expected, and “pen_width” "
                "if you like."
            )
        found, pen_width = found["strokes"], found.get("pen_width")
        if pen_width is not None and not _is_number(pen_width):
            raise DataError(
                f"{path.name}: pen_width is {_short(pen_width)}; a number was expected."
            )
    if not isinstance(found, list):
        raise DataError(f"{path.name} holds {_short(found)}; a list of strokes was expected.")
    strokes = [
        _stroke(points, f"{path.name}, stroke {number}")
        for number, points in enumerate(found, start=1)
    ]
    count = sum(map(len, strokes))
    if count > MAX_POINTS:
        raise DataError(
            f"{path.name} has {count:,} points; at most {MAX_POINTS:,} can be drawn. "
            "Leave some out."
        )
    return Drawing(strokes, pen_width)


def _stroke(points: object, where: str) -> Stroke:
    if not isinstance(points, list):
        raise DataError(f"{where}: found {_short(points)}; a list of points [x, y] was expected.")
    for number, point in enumerate(points, start=1):
        is_point = isinstance(point, list) and len(point) in (2, 3)
        if not (is_point and all(map(_is_number, point))):
            raise DataError(
                f"{where}, point {number}: found {_short(point)}; two finite numbers [x, y] were "
                "expected."
            )
    return [(point[0], point[1]) for point in points]


def _measured(model: Model, text: str) -> NDArray[np.floating]:
    if model.image_shape is not None:
        raise DataError("This model reads pictures; use --image or --strokes in place of --values.")
    words = [word.strip() for word in text.split(",")]
    asked = model.columns
    if len(words) == len(model.feature_names) != len(asked):
        asked = tuple(Asked(name, (j,), ()) for j, name in enumerate(model.feature_names))
    if len(words) != len(asked):
        raise DataError(f"--values has {len(words)}; this model needs {_wanted(model)}.")
    values = np.zeros(len(model.feature_names))
    for word, column in zip(words, asked, strict=True):
        values[list(column.indices)] = _value_of(word, column)
    return model.stored(values)


def _value_of(word: str, column: Asked) -> list[float]:
    """Return the features of a column that a word on the command line gives."""
    if column.words:
        found = column.encode(word)
        if found is None:
            known = ", ".join(column.words)
            raise DataError(f"{column.name} is {_short(word)}; one of {known} was expected.")
        return found
    try:
        value = float(word)
    except ValueError:
        raise DataError(
            f"{column.name} is {_short(word)}; a number was expected, as in --values 5.1,3.5."
        ) from None
    if not abs(value) <= MAX_VALUE:
        raise DataError(f"{column.name} is {word}; a finite number was expected.")
    return [value]


def _drawn(path: Path, recipe: DigitPreprocessing) -> Picture:
    drawing = read_strokes(path)
    if drawing.pen_width is not None:
        recipe = replace(recipe, pen_width=drawing.pen_width)
    image = draw(drawing.strokes, recipe)
    if not image.any():
        raise DataError(NO_INK.format(path.name))
    return image


def _wanted(model: Model) -> str:
    unit = f" in {model.unit}" if model.unit else ""
    what = "values" if any(column.words for column in model.columns) else "numbers"
    return f"{len(model.columns)} {what}{unit}: {', '.join(map(str, model.columns))}"


def _steps(text: str) -> tuple[str, ...]:
    """Return the named steps of the cleaning of a picture."""
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in words:
        if word not in CLEANINGS:
            raise argparse.ArgumentTypeError(
                f"“{word}” is no step; {', '.join(CLEANINGS)} can be left out"
            )
    return words


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MAX_FLOAT


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _short(value: object, most: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
