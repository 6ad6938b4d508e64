"""Which columns of a table a model asks for."""

from __future__ import annotations

from core.data.csv import label, texts
from core.data.csv.blocks import TableBlocks
from core.errors import DataError
from core.invisible_characters import visible_names
from core.language import tr
from core.name_lookup import MAX_SHOWN, plain
from core.number_format import format_integer
from core.runs.model import Model


def columns_of(model: Model, blocks: TableBlocks) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the index of each column that the model asks for, and notes on the choice.

    They are found by name, in any order, with or without a unit in brackets; pixels also by their
    place, and so are the columns of a table without a header that has no others.
    """
    if model.vocabulary is not None:
        return _text_column(model, blocks)
    form = blocks.form
    features = visible_names([asked.name for asked in model.columns])
    exact = {plain(name): j for j, name in reversed(list(enumerate(form.names)))}
    stems: dict[str, list[int]] = {}
    for j, name in enumerate(form.names):
        stems.setdefault(_stem(name), []).append(j)
    found = [exact.get(plain(name), _only(stems.get(_stem(name), []))) for name in features]
    missing = [name for name, j in zip(features, found, strict=True) if j is None]
    chosen = tuple(j for j in found if j is not None)
    if not missing and len(set(chosen)) == len(features):
        return chosen, ()
    if model.image_shape is not None:
        return _pixels(model, blocks), (tr("pixels taken by their places, row by row"),)
    if form.header_line is None and len(form.names) == len(features):
        return tuple(range(len(features))), (tr("no header: columns taken in the model's order"),)
    raise DataError(
        tr(
            "The table has no column {missing}, which the model reads; it has {names}. Name its "
            "columns in the first line, as the model does.",
            missing=_listed(missing or list(features)),
            names=_listed(list(form.names)),
        )
    )


def _text_column(model: Model, blocks: TableBlocks) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the column of texts: of the name that it had in training, else the only one."""
    names = [plain(name) for name in blocks.form.names]
    wanted = model.config.data.text
    if wanted is not None and plain(wanted) in names:
        return (names.index(plain(wanted)),), ()
    table = blocks.beginning()
    found = texts.possible(table, -1) if len(names) > 1 else (0,)
    if len(found) == 1:
        return found, (tr("the texts are in the column “{name}”", name=table.names[found[0]]),)
    raise DataError(
        tr(
            "The table has no column {known}, which the model reads, and {found} with texts of "
            "several words. Name its column of texts “{name}”.",
            known=tr("“{name}”", name=wanted) if wanted else tr("of texts"),
            found=_listed([table.names[j] for j in found]) or tr("none"),
            name=wanted or "text",
        )
    )


def _stem(name: str) -> str:
    """Return a name without a unit in brackets, as it is compared."""
    return plain(name.partition("(")[0]) or plain(name)


def _only(indices: list[int]) -> int | None:
    return indices[0] if len(indices) == 1 else None


def _pixels(model: Model, blocks: TableBlocks) -> tuple[int, ...]:
    """Return the columns of pixels of a table whose other columns are a label and a split."""
    count, table = len(model.feature_names), blocks.beginning()
    beside = {j for j in (table.split,) if j is not None}
    if len(table.names) - len(beside) == count + 1:
        beside.add(label.choose(table).column)
    columns = tuple(j for j in range(len(table.names)) if j not in beside)
    if len(columns) != count:
        raise DataError(
            tr(
                "The table has {columns} columns; the model reads {count} pixels, with a label "
                "beside them or without.",
                columns=format_integer(len(table.names)),
                count=format_integer(count),
            )
        )
    return columns


def pixel_scale(model: Model, blocks: TableBlocks, wanted: tuple[int, ...]) -> float | None:
    """Return the number of full ink in the table; None for a model of measured features."""
    if model.image_shape is None:
        return None
    table = blocks.beginning()
    pixels = [table.columns[j] for j in wanted]
    highest = max((column.high for column in pixels), default=0.0)
    has_fractions = any(column.kind == "numbers" for column in pixels)
    return 1.0 if has_fractions and highest <= 1 else model.scale


def _listed(names: list[str]) -> str:
    shown = ", ".join(tr("“{name}”", name=name) for name in names[:MAX_SHOWN])
    return shown + (", …" if len(names) > MAX_SHOWN else "")
