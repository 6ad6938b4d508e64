"""The linear map Z = X Wᵀ + b and the gradients of what comes after it."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

RANDOM_STD = 0.01


def logits(X: Tensor, W: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
    """Return Z = X Wᵀ + b, (n, h), from X (n, m), W (h, m), b (h,); written over `out` if given.

    It is computed as (W Xᵀ + b)ᵀ: for few classes this product ran in 0.6 of the time, and it
    leaves Z class by class in memory, as the heads like it.
    """
    return torch.addmm(b[:, None], W, X.mT, out=None if out is None else out.mT).mT


def gradients(dZ: Tensor, X: Tensor, dW: Tensor, db: Tensor, *, add: bool = False) -> None:
    """Write the sums over examples ∇W = dZᵀ X, (h, m), and ∇b = Σ dZ, per class, (h,).

    They go over dW and db, or are added to what is there.
    """
    dW.addmm_(dZ.mT, X, beta=int(add))  # with beta = 0 what was there counts for nothing
    if add:
        db.add_(dZ.sum(dim=0))
    else:
        torch.sum(dZ, dim=0, out=db)


def start(init: str, h: int, m: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return the W (h, m) and b (h,) that training starts from: zeros, or small normal weights.

    Zeros are fine here because the loss is convex. Biases start at zero either way.
    """
    W = torch.zeros(h, m)
    if init == "random":
        W.normal_(0.0, RANDOM_STD, generator=generator)
    return W, torch.zeros(h)
