"""Read the pictures of a folder as a data set, within the memory that is free."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.config import DataConfig
from core.data.dataset import Dataset, Looks, pixel_names
from core.data.gaps import without_empty_classes
from core.data.labelled_folder import layout
from core.data.labelled_folder.file_kinds import PICTURES
from core.data.labelled_folder.layout import Layout, Watch
from core.data.labelled_folder.listing import UNREADABLE, printable
from core.data.pictures import decode, scaled
from core.data.pictures.scaled import Form, Pixels
from core.data.understood_folder import UnderstoodFolder
from core.errors import Cancelled, DataError, PictureError
from core.files import contents
from core.language import mark, tr
from core.note import Note
from core.number_format import format_count, format_integer

USUAL_SIDE = 28
LARGEST_OWN = 64  # a side up to which pictures that have one size keep it
LOOKED_AT = 200  # pictures that decide that, and whether they are ink
AT_ONCE = 64  # files from one message on progress to the next
WORKERS = 2  # a large picture takes some hundred megabytes while it is decoded
BLACK = 12  # of 255: a border up to which is black
MOSTLY = 0.9  # share of the pictures with a black border that are ink on nothing
COLOURS = ("red", "green", "blue")

Size = tuple[int, int]


def read(
    config: DataConfig,
    watch: Watch = lambda _words, _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set of the folder `config.path`.

    watch : called with words and the share that is read, 0 … 1.
    is_cancelled : polled as often; Cancelled is raised when it returns true.
    Raises DataError where the folder cannot be used, or its pictures do not fit into memory.
    """
    found = layout.of_config(config, watch, is_cancelled, PICTURES)
    return read_layout(found, config, watch, is_cancelled)


def read_layout(
    found: Layout,
    config: DataConfig,
    watch: Watch = lambda _words, _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set of a folder whose files are listed; arguments and errors as of `read`."""
    form = form_of(found, config)
    rows, columns = form.shape
    total = len(found.files)
    memory.check(
        1.1 * total * rows * columns,
        tr(
            "{pictures} of {rows} × {columns} values in {name}",
            pictures=format_count(total, "picture"),
            rows=format_integer(rows),
            columns=format_integer(columns),
            name=found.name,
        ),
        tr("Choose a smaller size, or a part of the folder."),
    )
    X = np.empty((total, rows * columns), dtype=np.uint8)
    left_out = found.left_out.copy()
    kept: list[int] = []
    sizes: Counter[Size] = Counter()
    for k, result in enumerate(_results(found, form, watch, is_cancelled)):
        if isinstance(result, str):
            left_out.add(result, found.files[k])
            continue
        pixels, size = result
        X[len(kept)] = pixels.ravel()
        sizes[size] += 1
        kept.append(k)
    found = replace(found, left_out=left_out)
    return _dataset(found, form, X[: len(kept)], np.array(kept, dtype=np.int64), sizes)


def form_of(found: Layout, config: DataConfig) -> Form:
    """Return what the pictures of a folder become.

    Without a size in the config they keep one that they have in common, if it is small.
    """
    if config.size is not None:
        size = config.size, config.size
    else:
        size = _own_size(found) or (USUAL_SIDE, USUAL_SIDE)
    return Form(*size, config.colour, config.invert)


def _own_size(found: Layout) -> Size | None:
    """Return the small size that some pictures from all over the folder have in common."""
    own: Size | None = None
    step = max(len(found.files) // LOOKED_AT, 1)
    for file in found.files[::step]:
        with suppress(DataError):
            size = scaled.size_of(_contents(found, file), printable(file))
            if max(size) > LARGEST_OWN or min(size) < 2 or own not in (None, size):
                return None
            own = size
    return own


def _contents(found: Layout, file: str) -> bytes:
    return contents(found.path / file, "a picture", decode.MAX_BYTES)


def scaled_file(found: Layout, file: str, form: Form) -> tuple[Pixels, Size]:
    """Return the pixels of a file below the folder, and its size; raise DataError if it has none"""
    return scaled.scaled(_contents(found, file), printable(file), form)


def _results(
    found: Layout, form: Form, watch: Watch, is_cancelled: Callable[[], bool]
) -> Iterator[tuple[Pixels, Size] | str]:
    """Yield of each file its pixels and its size, or why it is left out."""

    def result(file: str) -> tuple[Pixels, Size] | str:
        try:
            return scaled_file(found, file, form)
        except PictureError as error:
            return error.why
        except DataError:
            return UNREADABLE

    total, of_all = len(found.files), format_integer(len(found.files))
    with ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1), "pictures") as pool:
        for start in range(0, total, AT_ONCE):
            if is_cancelled():
                raise Cancelled(tr("Opening {name} was cancelled.", name=found.name))
            done = tr("{done} of {total} pictures", done=format_integer(start), total=of_all)
            watch(f"{found.name}  {done}", start / total)
            yield from pool.map(result, found.files[start : start + AT_ONCE])


def _dataset(
    found: Layout, form: Form, X: Pixels, kept: NDArray[np.int64], sizes: Counter[Size]
) -> Dataset:
    """Return the data set of the files with these numbers, whose pixels are X."""
    y = found.y[kept]
    training = len(found.files) - found.tested
    told = UnderstoodFolder(
        sizes=tuple(sizes.most_common()),
        made=_note_of(form),
        first_names=found.first_names(kept),
        left_out=found.left_out.files,
        notes=found.notes,
    )
    tested = int((kept >= training).sum())
    dataset = Dataset(
        name=found.name,
        X=X,
        y=y,
        feature_names=_names(form),
        class_names=found.classes,
        scale=255.0,
        image_shape=form.shape,
        published_test=tested,
        test_fraction=tested / len(y) if tested else 0.2,
        looks=looks_of(X, form),
        folder=told,
    )
    dataset = without_empty_classes(dataset)
    found.check_read(dataset.h, are_tested=tested == len(y))
    left_out = (each.note for each in told.left_out)
    return replace(dataset, notes=(*dataset.notes, *left_out, *told.notes))


def looks_of(X: Pixels, form: Form) -> Looks:
    """Return whether pictures are light ink on black, as MNIST's, or light as in photos."""
    if form.is_coloured:
        return "colour"
    if not len(X):
        return "grey"
    some = X[:: max(len(X) // LOOKED_AT, 1)].reshape(-1, form.rows, form.columns)
    edges = (some[:, 0], some[:, -1], some[:, :, 0], some[:, :, -1])
    is_black = np.median(np.concatenate(edges, axis=1), axis=1) <= BLACK
    return "ink" if is_black.mean() >= MOSTLY else "grey"


def _names(form: Form) -> tuple[str, ...]:
    pixels = pixel_names(form.rows, form.columns)
    if not form.is_coloured:
        return pixels
    return tuple(f"{colour} {pixel}" for colour in COLOURS for pixel in pixels)


def say_form(form: Form) -> str:
    """Return what pictures become, in words."""
    return str(_note_of(form))


def _note_of(form: Form) -> Note:
    kind = Note(mark("in colour") if form.is_coloured else mark("grey values"))
    if form.is_inverted:
        kind = Note(mark("{kind}, inverted"), {"kind": kind})
    text = mark(
        "{size} {kind}; larger and smaller ones are scaled (Lanczos) in their proportions and "
        "padded with the colour of their border"
    )
    return Note(text, {"size": f"{form.rows} × {form.columns}", "kind": kind})
