"""Sources of data sets: bundled ones, MNIST, drawn points, or what a config names."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import assets
from core.config import DataConfig, Source
from core.data.dataset import Dataset, pixel_names
from core.data.points import Points

if TYPE_CHECKING:  # readers are imported on use: the window starts faster without them
    from core.data.mnist.idx import Contents


def drawn(points: Points) -> Dataset:
    """Return the points as a data set; all are training rows unless a test share is chosen."""
    return Dataset(
        name="Drawn points",
        has_own_names=True,
        X=points.xy.astype(np.float32),
        y=points.labels,
        feature_names=("x₁", "x₂"),
        class_names=points.class_names,
        test_fraction=0.0,
    )


def load(config: DataConfig, fetch: Callable[[], Contents] | None = None) -> Dataset:
    """Load the data set that `config` names, from the bundled assets, a folder or a CSV file.

    fetch : returns MNIST if no folder is chosen; None reads it from the cache, or downloads it.
    """
    if config.source == "csv" or is_streamed(config):
        return file_reader(config)(config)
    match config.source:
        case "iris":
            return _iris()
        case "digits":
            return _digits()
        case "mnist":
            return _mnist(config, fetch or _fetch)
        case "drawn":
            return drawn(Points())
        case "genres":
            return _genres()
        case "installed":
            from core.data import installed

            return installed.read(config.path or "")
        case "pictures" | "documents":
            return folder_reader(config)(config)


def is_streamed(config: DataConfig) -> bool:
    """Return whether the rows stay on disk, or may do so: see `core.data.streamed`."""
    if config.source not in ("csv", "mnist") and not config.stream:
        return False
    from core.data.streamed.opening import is_opened_here

    return is_opened_here(config)


def file_reader(config: DataConfig) -> Callable[..., Dataset]:
    """Return what reads a file that a config names: `read` of its config and a progress."""
    if is_streamed(config):
        from core.data.streamed.opening import open_streamed

        return open_streamed
    from core.data.csv import reader
    from core.data.from_table import dataset_of_table

    def read(config: DataConfig, progress: reader.Progress | None = None) -> Dataset:
        return dataset_of_table(
            reader.read(Path(config.path or ""), config.reading, progress), config
        )

    return read


def folder_reader(config: DataConfig) -> Callable[..., Dataset]:
    """Return what reads the folder that a config names: `read` of pictures or of texts."""
    if config.source == "documents":
        from core.data.document_folder.reading import read as read_documents

        return read_documents
    from core.data.picture_folder.reading import read

    return read


def folder_source(path: Path) -> Source:
    """Return the source that a folder is: four IDX files, pictures, or else texts if it has more.

    Only some of its files are looked at, by their names.
    """
    from core.data.mnist.folder import holds_files

    if holds_files(path):
        return "mnist"
    from core.data.labelled_folder.file_kinds import PICTURES, TEXTS, looked_at

    pictures, texts = (looked_at(path, kind) for kind in (PICTURES, TEXTS))
    return "documents" if texts > pictures else "pictures"


def _iris() -> Dataset:
    text = files(assets).joinpath("iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    return Dataset(
        name="Iris",
        X=np.array([row[:-1] for row in rows], dtype=np.float32),
        y=np.array([species.index(row[-1]) for row in rows], dtype=np.int64),
        feature_names=tuple(header[:-1]),
        class_names=species,
        unit="cm",
        has_own_names=True,
        preferred_features=("petal length", "petal width"),
    )


def _digits() -> Dataset:
    with files(assets).joinpath("digits.csv.gz").open("rb") as raw, gzip.open(raw, "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    return Dataset(
        name="Digits 8×8",
        has_own_names=True,
        X=np.ascontiguousarray(table[:, :-1]),
        y=table[:, -1].astype(np.int64),
        feature_names=pixel_names(8, 8),
        class_names=tuple("0123456789"),
        scale=16.0,
        image_shape=(8, 8),
    )


def _genres() -> Dataset:
    from core.data.text.documents import Documents, no_features
    from core.data.text.genres import passages

    rows = passages()
    genres = tuple(dict.fromkeys(row.genre for row in rows))
    return Dataset(
        name="Genres",
        has_own_names=True,
        X=no_features(len(rows)),
        y=np.array([genres.index(row.genre) for row in rows], dtype=np.int64),
        feature_names=(),
        class_names=genres,
        documents=Documents(tuple(row.text for row in rows)),
    )


def is_fetched(config: DataConfig) -> bool:
    """Return whether the data come from a download or its cache: MNIST without a folder."""
    if config.source != "mnist":
        return False
    from core.data.mnist.folder import chosen_folder

    return not chosen_folder(config.folder)


def _fetch() -> Contents:
    from core.data.mnist.download import Download  # 45 ms, only for a download

    return Download().load()


def _mnist(config: DataConfig, fetch: Callable[[], Contents]) -> Dataset:
    """Return MNIST, or other data in its format, named after their files or their folder."""
    from core.data.mnist.folder import find_files
    from core.data.mnist.idx import Images, load_known
    from core.data.mnist.originals import is_original

    files = find_files(config.folder)
    if files is None:
        images, name = Images(fetch(), tuple("0123456789"), is_transposed=False), "MNIST"
    else:
        images = load_known(files, config.transpose)
        _, y, n_test, _ = images.contents
        name = "MNIST" if is_original(y, n_test) else files.data_name
    X, y, n_test, shape = images.contents
    return Dataset(
        name=name,
        X=X,
        y=y,
        feature_names=pixel_names(*shape),
        class_names=images.class_names,
        has_own_names=True,
        scale=255.0,
        image_shape=shape,
        published_test=n_test,
        test_fraction=n_test / len(y),
    )
