"""Data sets: bundled, fetched, or of a file or a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.dataset import Dataset
from core.errors import DataError
from core.library.settings import with_settings
from core.library.sources import NO_SOURCE, source_of


@dataclass(frozen=True, eq=False)
class Data:
    """A data set, and the settings by which it is read and prepared.

    dataset : its rows. config : source, features, split, scaling.
    """

    dataset: Dataset
    config: DataConfig

    @property
    def name(self) -> str:
        """Name of the data set."""
        return self.dataset.name

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.dataset.n

    @property
    def X(self) -> NDArray[np.floating]:  # noqa: N802 - the formula's letter
        """The features (n, d) in their own units, pixels in 0 … 1; (n, 0) of documents."""
        return self.dataset.values()

    @property
    def y(self) -> NDArray[np.int64]:
        """The class of each row (n,), as an index into `class_names`."""
        return self.dataset.y

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the d features; none of documents, whose words are found in training."""
        return self.dataset.feature_names

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.dataset.class_names

    def __repr__(self) -> str:
        return f"<Data {self.name}: {self.n:,} rows, {len(self.class_names)} classes>"

    def _repr_html_(self) -> str:
        counts = np.bincount(self.y, minlength=len(self.class_names)).tolist()
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{count:,}</td></tr>"
            for name, count in zip(self.class_names, counts, strict=True)
        )
        return (
            f"<table><caption>{escape(self.name)}: {self.n:,} rows, "
            f"{len(self.feature_names):,} features</caption>"
            f"<tr><th>class</th><th>rows</th></tr>{rows}</table>"
        )


def load(source: str | os.PathLike[str] = "iris", **settings: Any) -> Data:
    """Load a data set.

    source : “iris”, “digits”, “mnist” or “genres”; the path of a table (CSV and its like, ARFF,
    libsvm, JSON lines, Excel, Parquet, NumPy's .npy and .npz); or a folder with a folder of
    pictures or of text files for each class, or with MNIST's four files.
    settings : of data, by their names in `core.config.DataConfig`: `label`, `features`,
    `test_fraction`, `split_seed`, `standardise`, `degree`, …

    Raises DataError for what cannot be read, ConfigError for a setting that is none.

    >>> load("iris", features=["sepal length", "petal width"])
    <Data Iris: 150 rows, 3 classes>
    """
    config = data_config(source, settings)
    return Data(sources.load(config), config)


def data_config(source: str | os.PathLike[str], settings: dict[str, Any]) -> DataConfig:
    """Return the config of the data that `source` names, with these settings. Raises as `load`."""
    text = os.fspath(source)
    found = source_of(text)
    if found is None:
        raise DataError(f"{NO_SOURCE.format(text)}.")
    kind, path = found
    where = "folder" if kind == "mnist" else "path"
    return with_settings(RunConfig(), {"source": kind, where: path} | settings).data
