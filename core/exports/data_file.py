"""The data beside a program: the rows as the model was trained on them, names, and the weights."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator

from core.errors import SaveError
from core.exports.exported_run import Begin
from core.exports.plan import Plan
from core.model_family import pairs
from core.train import models
from core.train.class_weights import weights_of_rows
from core.train.history import SAMPLE
from core.train.losses import HEADS

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

NAMES = ("W", "b", "V", "c")
MARK = "W_run.npy"  # a member that each data file has


def write(plan: Plan, file: BinaryIO) -> None:
    """Write the arrays as .npz, which loads without pickle."""
    found: dict[str, Any] = arrays(plan)
    if plan.is_bytes or plan.is_text:
        np.savez_compressed(file, **found)
    else:  # numbers as measured hardly become smaller
        np.savez(file, **found)


def check_replaceable(path: Path) -> None:
    """Raise SaveError if there is a file of that name that is not such a data file.

    Nobody has named it, so it must not cost other data.
    """
    if not path.is_file():
        return
    try:
        with zipfile.ZipFile(path) as packed:
            is_ours = MARK in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        is_ours = False
    if not is_ours:
        raise SaveError(
            f"{path} is there already, with other data; the export would replace it by its own. "
            "Choose another name."
        )


def arrays(plan: Plan) -> dict[str, NDArray[Any]]:
    """Return all arrays by their names in the program.

    X_train, y_train and so on : features (n, d) and class numbers (n,) of each part that has rows;
    pictures as bytes, deskewed and varied as the model saw them; products of features, if the
    inputs are such. Of documents, which are sparse, X_train_values, X_train_columns and
    X_train_starts: the numbers that are not 0, their columns, and where the rows begin.
    mean, std : of the training rows. sample : the training rows that are measured after an epoch,
    if not all. W_run, b_run and so on : the weights of the run.
    """
    run, task = plan.run, plan.run.task
    dataset, found = task.dataset, dict[str, NDArray[Any]]()
    parts = {
        "train": task.train_rows,
        "test": task.test_rows,
        "validation": task.validation_rows,
    }
    for name, rows in parts.items():
        if len(rows):
            found[f"y_{name}"] = dataset.y[rows]
            if dataset.bag is not None:
                found |= _sparse(name, dataset.bag[rows])
                continue
            X = dataset.X[rows]
            found[f"X_{name}"] = X if plan.is_bytes else task.feature_map.apply(X)
    found["classes"] = np.array(dataset.class_names)
    found["inputs"] = np.array(task.input_names)
    if plan.is_standardised:
        found["mean"], found["std"] = task.standardiser.mean, task.standardiser.std
    if plan.is_sampled:
        chosen = torch.randperm(plan.n, generator=Generator().manual_seed(0))
        found["sample"] = np.sort(chosen[:SAMPLE].numpy())
    if task.class_weights is not None:
        found |= _weights(plan, task.class_weights)
    found |= {f"{name}_run": a for name, a in zip(NAMES, run.params.arrays, strict=False)}
    if run.begin is not None:
        found |= _of_begin(run.begin)
    elif run.start is not None or plan.draws_start:
        found |= _of_start(plan)
    return found


def _sparse(name: str, X: csr_array) -> dict[str, NDArray[Any]]:
    return {
        f"X_{name}_values": X.data,
        f"X_{name}_columns": X.indices.astype(np.int32),
        f"X_{name}_starts": X.indptr.astype(np.int64),
    }


def _weights(plan: Plan, weights: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Return the weights of the classes, rounded as the updates have them.

    With pairs: of the first class of each pair, and how much more that of the second is.
    """
    kind, task = plan.run.task.config.model.kind, plan.run.task
    if plan.kind.is_pairwise:
        first, second = (weights[list(side)] for side in zip(*pairs(task.dataset.h), strict=True))
        more = second - first
        return {"weight_first": first.astype(np.float32), "weight_more": more.astype(np.float32)}
    Y = HEADS[kind].encode(torch.arange(task.dataset.h), task.outputs).to(torch.float32)
    of_rows = weights_of_rows(kind, torch.from_numpy(weights), task.dataset.h)
    return {"class_weights": of_rows(Y).numpy()}


def _of_start(plan: Plan) -> dict[str, NDArray[Any]]:
    """Return the initial weights, and the generator of the shuffles as it is after them.

    A program in NumPy takes both, for NumPy's normal numbers are others than PyTorch's.
    """
    task = plan.run.task
    generator = Generator().manual_seed(plan.settings.seed)
    drawn = models.start_of(task.config.model, task.outputs, task.m, generator)
    values = [p.numpy() for p in drawn]
    if plan.run.start is not None:
        values = list(plan.run.start.arrays)
    found: dict[str, NDArray[Any]] = {
        f"{name}_start": value for name, value in zip(NAMES, values, strict=False)
    }
    return found | twister(generator.get_state().numpy())


def _of_begin(begin: Begin) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {
        f"{name}_start": value for name, value in zip(NAMES, begin.params.arrays, strict=False)
    }
    found["generator"] = begin.generator
    found |= twister(begin.generator)
    if begin.order is not None:
        found["order"] = begin.order
    for name, moments in zip(NAMES, begin.moments, strict=False):
        found |= {f"{name}_moment{k}": moment for k, moment in enumerate(moments)}
    for k, pair in enumerate(begin.memory):
        found[f"memory_{k}_a"], found[f"memory_{k}_b"] = pair
    return found


def twister(state: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Return the state of PyTorch's generator on the host, a Mersenne twister, as NumPy takes it.

    The bytes are at::mt19937_data_pod: seed (8), numbers left (4), whether seeded (4), the index of
    the next (8), and 624 words, each in eight bytes.
    """
    words = state[24 : 24 + 624 * 8].view(np.uint64)
    left = int(state[8:12].view(np.int32)[0])
    place = 624 if left == 1 else int(state[16:24].view(np.uint64)[0])
    return {"twister": words.astype(np.uint32), "twister_place": np.array(place)}
