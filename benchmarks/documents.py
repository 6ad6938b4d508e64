"""Training on 20,000 documents by 20,000 words: its speed, its memory, how smooth the window is.

An epoch shuffles, gathers rows, updates, and measures along the run, as a user gets it. Its
reference is Z = X Wᵀ and ∇W = dZᵀ X alone, by SciPy, of the same batches, which are cut beforehand:
of 32 documents, and of all. Memory is what NumPy and Python hold for the features, the vocabulary
and the rows of training and measurement; not the texts, the weights and their history.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target, race
from core.config import BagOptions, DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import Task, prepare
from core.train.batches import to_device
from core.train.device import device_of
from core.train.metrics import Measurement
from core.train.trainer import Trainer

PRODUCTS, IRIS = "SciPy's two products", "the window training on Iris"
FIGURES = {
    "documents_epoch_vs_scipy": Target("at most", 3, PRODUCTS),
    "documents_full_vs_scipy": Target("at most", 3, PRODUCTS),
    "documents_memory_vs_csr": Target("at most", 2, "the bytes of their sparse matrix"),
    "documents_loop_p99_ms": Target("at most", 10, IRIS, is_ratio=False),
    "documents_loop_max_ms": Target("at most", 50, IRIS, is_ratio=False),
}
DOCUMENTS, SHORT_DOCUMENTS = 20_000, 6_000
WORDS = 20_000  # that are features; the corpus has twice as many
LENGTH = 100  # words of a document, on average
LABELS = ("news", "sports", "science", "letters")
OWN = 0.3  # share of the words of a document that only its label uses
SEED = 0
MB = 1e6


def measure(conditions: Conditions) -> dict[str, Result]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.tsv"
        write_table(path, conditions.choose(DOCUMENTS, SHORT_DOCUMENTS))
        data = DataConfig("csv", path=str(path), text="text", bag=BagOptions(max_words=WORDS))
        config = RunConfig(data, training=TrainingConfig(epochs=live.ENDLESS))
        found = _of_window(config, conditions)
        task, found["documents_memory_vs_csr"] = _held(config)
    found["documents_epoch_vs_scipy"] = race(
        *_both(task, 32, conditions.choose(0, 10_000)), conditions.choose(9, 3)
    )
    # A batch of all rows is measured after each update at first.
    found["documents_full_vs_scipy"] = race(
        *_both(task, None, conditions.choose(0, 1_500)), conditions.choose(60, 20)
    )
    return found


def write_table(path: Path, n: int) -> None:
    """Write n documents as a table with the columns “label” and “text”.

    The k-th most frequent word has a share of about 1/k, as in a language.
    """
    rng = np.random.default_rng(SEED)
    shares = 1 / (np.arange(2 * WORDS) + 10)
    lengths = rng.poisson(LENGTH, n).clip(1)
    labels = rng.integers(0, len(LABELS), n)
    drawn = np.searchsorted(np.cumsum(shares) / shares.sum(), rng.random(lengths.sum()))
    is_own = rng.random(len(drawn)) < OWN
    of = np.repeat(labels, lengths)
    drawn[is_own] = drawn[is_own] // len(LABELS) * len(LABELS) + of[is_own]
    words = np.array([f"word{k}" for k in range(2 * WORDS + len(LABELS))])[drawn]
    texts = map(" ".join, np.split(words, np.cumsum(lengths)[:-1]))
    lines = [f"{LABELS[k]}\t{text}\n" for k, text in zip(labels, texts, strict=True)]
    path.write_text("label\ttext\n" + "".join(lines), encoding="utf-8")


def _of_window(config: RunConfig, conditions: Conditions) -> dict[str, Result]:
    """Return the delays of a 1 ms timer in the GUI thread."""
    plan = live.Plan("watch", live.iris(), is_probed=True, seconds=conditions.choose(20, 2))
    texts, iris = (
        live.with_window(replace(plan, config=one), conditions).found
        for one in (config, plan.config)
    )
    names = ("p99_ms", "max_ms")
    return {f"documents_loop_{name}": Result(texts[name], iris[name], "ms") for name in names}


def _held(config: RunConfig) -> tuple[Task, Result]:
    """Return the task, and the bytes that its rows hold beside those of their sparse matrix."""
    dataset = sources.load(config.data)
    assert dataset.documents is not None
    dataset.documents.word_lists()
    tracemalloc.start()
    task = prepare(dataset, config)
    rows = to_device(task, task.train_rows, device_of(task))
    Measurement(task, device_of(task)).curvature()
    for _ in rows.slices():
        pass
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    bag = task.dataset.bag
    assert bag is not None
    size = bag.data.nbytes + bag.indices.nbytes + bag.indptr.nbytes
    return task, Result(held / MB, size / MB, "MB")


def _both(
    task: Task, batch_size: int | None, begun: int
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return functions that train for one more epoch, and that make its products.

    begun : updates that are made before; few documents are measured after each one at first.
    """
    training = replace(task.config.training, batch_size=batch_size)
    trainer = Trainer(replace(task, config=replace(task.config, training=training)))
    for _ in range(begun):
        trainer.step()
    bag = task.dataset.bag
    assert bag is not None
    X, size = bag[task.train_rows], trainer.batch_size
    batches = [X[start : start + size] for start in range(0, X.shape[0], size)]
    W = np.zeros((task.m, len(LABELS)), dtype=np.float32)
    dZ = np.ones((size, len(LABELS)), dtype=np.float32)

    def epoch() -> None:
        wanted = trainer.epoch + 1
        while trainer.epoch < wanted:
            trainer.step()

    def products() -> None:
        for rows in batches:
            rows @ W
            rows.T @ dZ[: rows.shape[0]]

    return epoch, products
