"""A lesson from its TOML file, checked whole before any of it is believed.

Nothing in a file runs, and it names no other file: a lesson is text, names and numbers. The format
is described in assets/lessons/README.md.
"""

from __future__ import annotations

from pathlib import Path

from core import files
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer, format_plain
from core.runs.json_object import quoted
from core.teach import lesson_setup, question, until
from core.teach.derivations.catalogue import BY_KEY
from core.teach.headings import key_of
from core.teach.lesson import CARDS, DEMOS, FLAT_OUT, VIEWS, Lesson, Step
from core.teach.lesson_table import Table
from core.teach.plot_question import PlotQuestion
from core.teach.toml_document import MOST_BYTES, Document, Fault, FaultyTextError, parse
from core.teach.until import Until

FORMAT = 1
MOST_STEPS = 100
MOST_TITLE, MOST_TEXT = 60, 4_000  # letters
LEAST_SPEED, MOST_SPEED = 0.1, 100_000.0
SETUP_SPEED = 50.0  # steps a second, where a step that sets a run up says nothing
FLAT_OUT_WORDS = "flat out"
LESSON_KEYS = ("format", "title", "group", "steps")
STEP_KEYS = (
    *("text", "reveal", "setup", "view", "demo", "derivation", "highlight", "speed", "log_loss"),
    *("until", "cover", "question", "play"),
)


def load(path: Path) -> Lesson:
    """Read a lesson. Raises FaultyTextError with the faults, DataError for what is no file."""
    return read(content(path), key_of(path.name))


def content(path: Path) -> bytes:
    """Return the bytes of a file, or the first of them if they are too many for a lesson.

    Raises DataError for what cannot be read.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise DataError(tr("{name} cannot be read: it is no file.", name=path.name))
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(
            tr(
                "{name} cannot be read: {reason}.",
                name=path.name,
                reason=files.reason(error).lower(),
            )
        ) from error


def read(data: bytes, key: str) -> Lesson:
    """Return the lesson that the bytes hold. Raises FaultyTextError with all faults."""
    document, faults = parse(data), list[Fault]()
    _check_format(document)
    table = Table(document, faults, (), document.values)
    table.whole("format", FORMAT, FORMAT)
    title = table.text("title", MOST_TITLE)
    group = table.text("group", MOST_TITLE, "")
    steps = tuple(_step(each) for each in table.tables("steps", MOST_STEPS))
    table.refuse_others(LESSON_KEYS)
    if faults:
        raise FaultyTextError(tuple(faults))
    return Lesson(key, title, group, steps)


def _check_format(document: Document) -> None:
    """Refuse a newer format before all that is unknown in it."""
    number = document.values.get("format")
    if type(number) is int and number > FORMAT:
        line = document.line(("format",))
        told = tr(
            "format is {number}, of a newer Logit Lab. Update Logit Lab.", number=quoted(number)
        )
        raise FaultyTextError((Fault(line, told),))


def _step(table: Table) -> Step:
    setup = lesson_setup.read(table.table("setup")) if "setup" in table else None
    speed, has_log_loss = _speed(table), table.switch("log_loss")
    if setup is not None:  # else they stay as they are
        speed, has_log_loss = speed or SETUP_SPEED, bool(has_log_loss)
    asked = question.read(table.table("question")) if "question" in table else None
    on_plot = asked.view if isinstance(asked, PlotQuestion) else ""
    step = Step(
        table.prose("text", MOST_TEXT),
        reveal=table.prose("reveal", MOST_TEXT, ""),
        setup=setup,
        view=table.one_of("view", VIEWS, on_plot),
        demo=table.one_of("demo", DEMOS),
        derivation=table.one_of("derivation", tuple(BY_KEY)),
        highlight=table.one_of("highlight", VIEWS + CARDS),
        speed=speed,
        has_log_loss=has_log_loss,
        is_covered=table.switch("cover"),
        until=_until(table),
        question=asked,
        plays=bool(table.switch("play")),
    )
    if on_plot and step.view != on_plot:
        table.fault(
            ("view",),
            tr(
                "view is {view}; the question is answered on {on_plot}.",
                view=step.view,
                on_plot=on_plot,
            ),
        )
    table.refuse_others(STEP_KEYS)
    return step


def _speed(table: Table) -> float | None:
    value = table.values.get("speed")
    if value == FLAT_OUT_WORDS:
        table.text("speed", len(FLAT_OUT_WORDS))
        return FLAT_OUT
    speed = table.number("speed")
    if speed is not None and not LEAST_SPEED <= speed <= MOST_SPEED:
        table.fault(
            ("speed",),
            tr(
                "speed is {speed}; it is “{flat_out_words}”, or steps a second from "
                "{least_speed} to {most_speed}.",
                speed=format_plain(speed, 6),
                flat_out_words=FLAT_OUT_WORDS,
                least_speed=format_plain(LEAST_SPEED, 6),
                most_speed=format_integer(MOST_SPEED),
            ),
        )
    return speed


def _until(table: Table) -> Until:
    words = table.text("until", MOST_TITLE, until.END)
    try:
        return until.read(words or until.END)
    except DataError as error:
        table.fault(("until",), tr("until is {words}; {error}", words=quoted(words), error=error))
        return Until()
