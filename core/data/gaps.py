"""What gaps leave: filled by the mean of their feature, or classes without a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.language import mark
from core.note import Note, counted


def filled(dataset: Dataset, rows: NDArray[np.int64]) -> Dataset:
    """Fill each feature's gaps with its mean over `rows`, or over all if these are all gaps."""
    gaps = dataset.gaps
    if gaps is None:
        return dataset
    X = dataset.X.copy()
    parts = []
    for j in np.flatnonzero(gaps.any(axis=0)):
        known = X[rows, j][~gaps[rows, j]]
        known = known if len(known) else X[~gaps[:, j], j]
        X[gaps[:, j], j] = known.mean(dtype=np.float64)
        count = int(gaps[:, j].sum())
        parts.append(Note("{name} {count}", {"name": dataset.feature_names[j], "count": count}))
    return replace(
        dataset,
        X=X,
        notes=(
            *dataset.notes,
            Note(
                mark("filled {cells} with the feature's mean ({parts})"),
                {"cells": counted(int(gaps.sum()), "missing number"), "parts": tuple(parts)},
            ),
        ),
    )


def without_empty_classes(dataset: Dataset) -> Dataset:
    """Drop the classes that have no row, and say so."""
    counts = np.bincount(dataset.y, minlength=dataset.h)
    if counts.all() or not dataset.n:
        return dataset
    number = np.cumsum(counts > 0) - 1
    kept = np.flatnonzero(counts)
    gone = ", ".join(f"“{dataset.class_names[k]}”" for k in np.flatnonzero(counts == 0))
    return replace(
        dataset,
        y=number[dataset.y],
        class_names=tuple(dataset.class_names[k] for k in kept),
        class_marks=tuple(dataset.class_marks[k] for k in kept),
        notes=(
            *dataset.notes,
            Note(mark("no row of class {names} is left, so it is no class"), {"names": gone}),
        ),
    )
