"""Read the text files of a folder as a data set of documents, within the memory that is free.

A file is UTF-8, or UTF-16 by its mark; the others of a folder share one encoding, which their words
tell together, unless it is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core import memory
from core.config import DataConfig
from core.data.csv import encodings
from core.data.csv.encodings import ENCODINGS
from core.data.dataset import Dataset
from core.data.gaps import without_empty_classes
from core.data.labelled_folder import layout
from core.data.labelled_folder.file_kinds import NO_TEXT, TEXTS
from core.data.labelled_folder.layout import Layout, Watch
from core.data.labelled_folder.listing import UNREADABLE, printable
from core.data.text.documents import Documents, no_features
from core.data.understood_folder import UnderstoodFolder
from core.errors import Cancelled, DataError
from core.files import contents
from core.language import mark, tr
from core.note import Note, counted
from core.number_format import format_integer

MAX_BYTES = 2**25  # of a file
AT_ONCE = 64  # files from one message on progress to the next
EMPTY = mark("without a text")
SAMPLED = 2**18  # bytes of the files whose encoding is guessed


def read(
    config: DataConfig,
    watch: Watch = lambda _words, _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set of the folder `config.path`.

    watch : called with words and the share that is read, 0 … 1.
    is_cancelled : polled as often; Cancelled is raised when it returns true.
    Raises DataError where the folder cannot be used, or its texts do not fit into memory.
    """
    found = layout.of_config(config, watch, is_cancelled, TEXTS)
    return read_layout(found, config, watch, is_cancelled)


def read_layout(
    found: Layout,
    config: DataConfig,
    watch: Watch = lambda _words, _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set of a folder whose files are listed; arguments and errors as of `read`."""
    found = replace(found, left_out=found.left_out.copy())
    texts: dict[int, str | bytes] = {}  # bytes are of an encoding that is still to be found
    total, size = len(found.files), 0
    of_all = format_integer(total)
    for k, file in enumerate(found.files):
        if k % AT_ONCE == 0:
            if is_cancelled():
                raise Cancelled(tr("Opening {name} was cancelled.", name=found.name))
            done = tr("{done} of {total} texts", done=format_integer(k), total=of_all)
            watch(f"{found.name}  {done}", k / total)
            memory.check(
                size, tr("{name}, read as texts,", name=found.name), tr("Take a part of it.")
            )
        try:
            data = contents(found.path / file, "a text", MAX_BYTES)
        except DataError:
            found.left_out.add(UNREADABLE, file)
            continue
        try:
            text = _decoded(data, config.reading.encoding)
        except DataError:
            found.left_out.add(NO_TEXT, file)
            continue
        if not text.strip():
            found.left_out.add(EMPTY, file)
            continue
        size += len(text)
        texts[k] = text
    note = _decode_others(texts, [printable(file) for file in found.files])
    return _dataset(found, {k: str(text) for k, text in texts.items()}, note)


def text_of(data: bytes, encoding: str | None = None) -> str:
    """Return the bytes of one file as text; the encoding is guessed if it is not named.

    Raises DataError for bytes that are no text.
    """
    found = _decoded(data, encoding)
    if isinstance(found, bytes):
        found = found.decode(encodings.find("", found[:SAMPLED]), "replace")
    return _plain(found)


def _decoded(data: bytes, named: str | None) -> str | bytes:
    """Return a file's bytes as text, or as they are where their encoding is to be guessed.

    Raises DataError for bytes that are no text.
    """
    if named is not None:
        return _plain(data.decode(named, "replace"))
    marked = encodings.marked(data)
    if marked is not None:
        return _plain(data.decode(marked, "replace"))
    try:
        return _plain(data.decode())
    except UnicodeDecodeError:
        if b"\0" in data[: encodings.EXAMINED]:
            raise DataError(NO_TEXT) from None
        return data


def _plain(text: str) -> str:
    """Return a text without its mark, with newlines as the ends of its lines."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode_others(texts: dict[int, str | bytes], names: list[str]) -> Note | None:
    """Decode the texts that are no UTF-8, and return a note on them, None without any."""
    others = {k: data for k, data in texts.items() if isinstance(data, bytes)}
    if not others:
        return None
    sample = b"\n".join(data[:SAMPLED] for data in others.values())[:SAMPLED]
    encoding = encodings.find("", sample)
    for k, data in others.items():
        texts[k] = _plain(data.decode(encoding, "replace"))
    first = names[min(others)]
    values = {"texts": counted(len(others), "text"), "encoding": Note(ENCODINGS[encoding])}
    return Note(mark("{texts} read as {encoding}, as {first}"), {**values, "first": first})


def _dataset(found: Layout, texts: dict[int, str], note: Note | None) -> Dataset:
    """Return the data set of the files with these numbers."""
    kept = np.array(list(texts), dtype=np.int64)
    tested = int((kept >= len(found.files) - found.tested).sum())
    told = UnderstoodFolder(
        sizes=(),
        made=_lengths(list(texts.values())),
        first_names=found.first_names(kept),
        left_out=found.left_out.files,
        notes=(*found.notes, *([note] if note else [])),
    )
    dataset = Dataset(
        name=found.name,
        X=no_features(len(kept)),
        y=found.y[kept],
        feature_names=(),
        class_names=found.classes,
        published_test=tested,
        test_fraction=tested / len(kept) if tested else 0.2,
        folder=told,
        documents=Documents(tuple(texts.values())),
    )
    dataset = without_empty_classes(dataset)
    found.check_read(dataset.h, are_tested=tested == len(kept))
    left_out = (each.note for each in told.left_out)
    return replace(dataset, notes=(*dataset.notes, *left_out, *told.notes))


def _lengths(texts: list[str]) -> Note:
    if not texts:
        return Note(mark("none"))
    lengths = Counter(map(len, texts))
    mean = round(sum(map(len, texts)) / len(texts))
    return Note(
        mark("of {least} to {most} characters, {mean} on average"),
        {"least": min(lengths), "most": max(lengths), "mean": mean},
    )
