"""An epoch of MNIST at batch size 256, as a user runs it, against its bare matrix products.

Ours shuffles, gathers and converts pixels, updates, and measures along the run. The reference is
Z = W Xᵀ and ∇W = dZᵀ X alone, on float32 rows in memory, in the fastest of four layouts. A batch of
all rows is compared with the same products of all rows at once.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from benchmarks.timing import Conditions, Result, Target, mnist_epochs, race

FIGURES = {
    "mnist_epoch_vs_gemm": Target("at most", 1.5, "its bare matrix products"),
    "mnist_full_batch_vs_gemm": Target("at most", 1.2, "its bare matrix products"),
}
BATCH = 256


def measure(conditions: Conditions) -> dict[str, Result]:
    task, epoch = mnist_epochs(conditions, BATCH)
    _, full = mnist_epochs(conditions, None)
    X = torch.from_numpy(task.dataset.values(task.train_rows))
    batches = [X[start : start + BATCH] for start in range(0, len(X), BATCH)]
    repeats = conditions.choose(4, 1)
    return {
        "mnist_epoch_vs_gemm": least(epoch, batches, repeats),
        "mnist_full_batch_vs_gemm": least(full, [X], 2 * repeats),  # one of two epochs is measured
    }


def least(ours: Callable[[], None], batches: list[torch.Tensor], repeats: int) -> Result:
    """Time our epoch against the products of its batches, in the layout that takes least."""
    k, m = batches[0].shape
    W, dZ = torch.zeros(10, m), torch.randn(k, 10)
    dZ_by_class = dZ.mT.contiguous().mT

    def products(logits: Callable[[torch.Tensor], torch.Tensor], dZ: torch.Tensor) -> None:
        for rows in batches:
            logits(rows)
            dZ[: len(rows)].mT @ rows

    layouts: list[Callable[[], None]] = [
        lambda: products(lambda rows: rows @ W.mT, dZ),
        lambda: products(lambda rows: W @ rows.mT, dZ),
        lambda: products(lambda rows: rows @ W.mT, dZ_by_class),
        lambda: products(lambda rows: W @ rows.mT, dZ_by_class),
    ]
    results = [race(ours, layout, repeats) for layout in layouts]
    return min(results, key=lambda result: result.reference)
