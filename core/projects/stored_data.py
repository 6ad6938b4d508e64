"""The rows of a project: those that every copy of the program has by their digest, others whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from core.config import FOLDERS, DataConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.mnist.originals import is_original
from core.data.streamed.dataset import StreamedDataset
from core.errors import DataError
from core.language import mark, tr
from core.projects.stored_texts import StoredTexts

PIECE = 2**14  # rows hashed at once
BUNDLED = ("iris", "digits", "genres")
IN_FILES = ("mnist", "csv", *FOLDERS)  # sources whose rows may lie in files of the user
_DIGESTS: WeakKeyDictionary[Dataset, str] = WeakKeyDictionary()
_DIGESTING = Lock()

Load = Callable[[DataConfig], Dataset]


@dataclass(frozen=True, eq=False)
class StoredData:
    """A data set in a project.

    config : that names it. digest : of its rows without those that were added; see `digest_of`.
    rows : itself; None if it is loaded by its config, from the program or from where it lies.
    added_X, added_y : examples that the user added to one that is loaded.
    texts : of documents: those of the rows, or of the added examples.
    """

    config: DataConfig
    name: str
    digest: str
    rows: Dataset | None = None
    added_X: NDArray[np.uint8] | NDArray[np.float32] | NDArray[np.float64] | None = None
    added_y: NDArray[np.int64] | None = None
    texts: StoredTexts | None = None

    @classmethod
    def of(cls, source: Dataset, config: DataConfig, *, is_linked: bool = False) -> StoredData:
        """Return what a project keeps of a data set as it was loaded.

        is_linked : of rows that lie in a file, keep only where that is and the digest.
        """
        digest = digest_of(source)
        is_in_file = (is_linked or source.is_streamed) and config.source in IN_FILES
        if is_built_in(source, config) or is_in_file:
            k = source.added
            if is_in_file:
                config = _absolute(config)
            if not k:
                return cls(config, source.name, digest)
            X, y, texts = source.X[:k], source.y[:k], _texts_of(source, slice(k))
            return cls(config, source.name, digest, added_X=X, added_y=y, texts=texts)
        rows = replace(_without_reader(source), documents=None)
        return cls(config, source.name, digest, rows=rows, texts=_texts_of(source, slice(None)))

    @property
    def is_link(self) -> bool:
        """Whether the rows lie in a file of the user, and not here."""
        return self.rows is None and bool(self.config.path or self.config.folder)

    def load(self, load: Load = sources.load) -> Dataset:
        """Return the data set. Raises DataError if it is absent or not the same."""
        documents = None if self.texts is None else self.texts.documents()
        if self.rows is not None:
            rows = _checked(replace(self.rows, documents=documents))
            if digest_of(rows) != self.digest:
                raise DataError(
                    tr("its rows of {name} are not those that were saved.", name=self.name)
                )
            return rows
        found = load(_findable(self.config))
        if found.added:
            found = _without_added(found)
        if digest_of(found) != self.digest:
            where = self.config.path or self.config.folder
            name = tr("{name} in {where}", name=self.name, where=where) if where else self.name
            raise DataError(
                tr(
                    "{name} has other rows than when the project was saved. Open the data by "
                    "themselves, or put the old ones back.",
                    name=name,
                )
            )
        if self.added_X is None or self.added_y is None:
            return found
        if (
            self.added_X.shape != (len(self.added_y), found.m)
            or self.added_X.dtype != found.X.dtype
            or (documents is None) == found.is_text
            or (documents is not None and len(documents) != len(self.added_y))
        ):
            raise DataError(tr("its added examples are of other data."))
        _check_classes(self.added_y, found)
        return found.with_examples(self.added_X, self.added_y, documents)


def _texts_of(source: Dataset, rows: slice) -> StoredTexts | None:
    return None if source.documents is None else StoredTexts.of(source.documents[rows])


def _absolute(config: DataConfig) -> DataConfig:
    """Return the config with paths that hold wherever the program is started."""
    path, folder, labels = (
        each and str(Path(each).absolute()) for each in (config.path, config.folder, config.labels)
    )
    return replace(config, path=path, folder=folder, labels=labels)


def _findable(config: DataConfig) -> DataConfig:
    """Return the config, of MNIST without a folder that is not on this computer."""
    if config.source == "mnist" and config.folder and not Path(config.folder).exists():
        return replace(config, folder=None)
    return config


def is_built_in(source: Dataset, config: DataConfig) -> bool:
    """Return whether every copy of the program can load these rows: bundled ones, and MNIST."""
    if config.source in BUNDLED:
        return True
    if config.source != "mnist":
        return False
    y = source.y[source.added :]
    return is_original(y, source.published_test)


def own_bytes(source: Dataset, config: DataConfig) -> int:
    """Return the bytes of the rows that a project holds, 0 if they come with the program."""
    is_elsewhere = source.is_streamed or is_built_in(source, config)
    rows = source.added if is_elsewhere else source.n
    texts = source.documents.texts[:rows] if source.documents else ()
    return rows * source.m * source.X.itemsize + sum(map(len, texts))


def digest_of(dataset: Dataset) -> str:
    """Return the SHA-256 of names, rows and classes, without added rows; kept for next time.

    Of rows on disk, with the digest that a pass over them has found instead of each of them.
    """
    with _DIGESTING:  # a save and a copy for a recovery may ask at the same time
        if dataset not in _DIGESTS:
            _DIGESTS[dataset] = _digested(dataset)
        return _DIGESTS[dataset]


def _digested(dataset: Dataset) -> str:
    found = hashlib.sha256()
    y, shape = dataset.y[dataset.added :], (dataset.n - dataset.added, dataset.X.shape[1])
    names = (*dataset.feature_names, "", *dataset.class_names)
    found.update("\n".join((str(shape), str(dataset.X.dtype), *names)).encode(errors="replace"))
    if isinstance(dataset, StreamedDataset):
        found.update(dataset.digest.encode())
    else:
        for begin in range(dataset.added, dataset.n, PIECE):
            found.update(np.ascontiguousarray(dataset.X[begin : begin + PIECE]).data)
    found.update(np.ascontiguousarray(y).data)
    for text in dataset.documents.texts[dataset.added :] if dataset.documents else ():
        found.update(f"{len(text)} {text}".encode(errors="replace"))
    return found.hexdigest()


def _without_added(dataset: Dataset) -> Dataset:
    k = dataset.added
    lines = None if dataset.lines is None else dataset.lines[k:]
    documents = None if dataset.documents is None else dataset.documents[k:]
    X, y = dataset.X[k:], dataset.y[k:]
    return replace(dataset, X=X, y=y, lines=lines, documents=documents, added=0, _padded=None)


def _without_reader(source: Dataset) -> Dataset:
    """Return the data set without what reads its file again, which is no value."""
    if source.understood is None:
        return source
    form = replace(source.understood.format, layout=None)
    return replace(source, understood=replace(source.understood, format=form))


def _checked(dataset: Dataset) -> Dataset:
    """Return a data set that was read from a file; raise DataError if its parts do not match."""
    n, m = dataset.X.shape if dataset.X.ndim == 2 else (-1, -1)
    shape = dataset.image_shape
    faults = {
        mark("its rows and classes are of different numbers."): dataset.y.shape != (n,),
        mark("its columns and names are of different numbers."): len(dataset.feature_names) != m
        or len(dataset.indicators) != m
        or len(dataset.units) not in (0, m),
        mark("its lines and rows are of different numbers."): dataset.lines is not None
        and dataset.lines.shape != (n,),
        mark("its classes have other marks."): len(dataset.class_marks) != dataset.h
        or not dataset.h,
        mark("its pictures have another size."): shape is not None and int(np.prod(shape)) != m,
        mark("its colours have another size."): dataset.looks == "colour"
        and (shape is None or shape[0] % 3 != 0),
        mark("its counts of rows are impossible."): not 0 <= dataset.added <= n
        or not 0 <= dataset.published_test <= n - dataset.added,
        mark("its texts and rows are of different numbers."): dataset.documents is not None
        and len(dataset.documents) != n,
        mark("its scale is impossible."): not (np.isfinite(dataset.scale) and dataset.scale > 0),
        mark("its test share is impossible."): not 0 <= dataset.test_fraction < 1,
    }
    for fault, is_so in faults.items():
        if is_so:
            raise DataError(tr(fault))
    if dataset.X.dtype != np.uint8 and np.isinf(dataset.X).any():
        raise DataError(tr("its rows hold values that are not finite."))
    _check_classes(dataset.y, dataset)
    return dataset


def _check_classes(y: NDArray[np.int64], dataset: Dataset) -> None:
    if len(y) and not (int(y.min()) >= 0 and int(y.max()) < dataset.h):
        raise DataError(tr("its rows are of classes that it does not have."))
