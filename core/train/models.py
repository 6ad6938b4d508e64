"""Forward and backward pass of the linear map Z = X Wᵀ + b, optionally after a hidden layer."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from core.config import ModelConfig
from core.train.snapshot import Params
from core.train.sparse import SparseRows, transposed_product

RANDOM_STD = 0.01


def logits(X: Tensor | SparseRows, W: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
    """Return Z = X Wᵀ + b, (n, h), from X (n, m), W (h, m), b (h,); written to `out` if given.

    Computed as (W Xᵀ + b)ᵀ: for few classes this product ran in 0.6 of the time, and it stores Z
    class by class in memory, the fast layout for the heads.
    """
    return _affine(X, W, b[:, None], out)


def _affine(X: Tensor | SparseRows, W: Tensor, column: Tensor, out: Tensor | None) -> Tensor:
    """Return `logits` with the bias given as a column, (h, 1)."""
    if isinstance(X, SparseRows):
        return torch.add(X.times(W), column.mT, out=out)
    if out is None:
        return torch.addmm(column, W, X.mT).mT
    torch.addmm(column, W, X.mT, out=out.mT)
    return out


def gradients(
    dZ: Tensor, X: Tensor | SparseRows, dW: Tensor, db: Tensor, *, add: bool = False
) -> None:
    """Write the sums over examples ∇W = dZᵀ X, (h, m), and ∇b = Σ dZ, per class, (h,).

    They overwrite dW and db, or are added to them if `add`.
    """
    if isinstance(X, SparseRows):
        if not add:
            dW.zero_()
        if dW.mT.is_contiguous():
            X.add_transposed(dZ, dW)
        else:
            dW.add_(transposed_product(dZ, X))
    else:
        dW.addmm_(dZ.mT, X, beta=int(add))  # with beta = 0 the old content is ignored
    if add:
        db.add_(dZ.sum(dim=0))
    else:
        torch.sum(dZ, dim=0, out=db)


class Linear:
    """Z = X Wᵀ + b for rows X as stored: X · unit is the model's input.

    parameters : W (outputs, m), b (outputs,). gradients : of these, summed over examples, for rows
    as stored; multiply by `scales` for the gradients with respect to the parameters.
    """

    def __init__(self, parameters: tuple[Tensor, ...], unit: float) -> None:
        self.parameters = parameters
        self.gradients = tuple(torch.empty_like(p) for p in parameters)
        self.scales: tuple[float, ...] = (unit, 1.0)
        self._unit = unit
        # The weights in the units of the stored rows.
        self._V = parameters[0] if unit == 1 else torch.empty_like(parameters[0])
        self._column = parameters[1][:, None]  # a view, made once: making it takes as long as a sum

    def begin(self) -> None:
        """Update what is derived from the parameters; call after they change."""
        if self._unit != 1:
            torch.mul(self.parameters[0], self._unit, out=self._V)

    def forward(self, X: Tensor | SparseRows, out: Tensor | None = None) -> Tensor:
        """Return the logits of X (n, m), written to `out` if given."""
        return _affine(X, self._V, self._column, out)

    def backward(self, dZ: Tensor, X: Tensor | SparseRows, *, add: bool) -> None:
        """Write the gradients for dZ = dL/dZ of these rows, or add them if `add`."""
        dW, db = self.gradients
        gradients(dZ, X, dW, db, add=add)


class OneHidden:
    """Z = H Wᵀ + b with the hidden units H = f(X Vᵀ + c); otherwise like `Linear`.

    parameters : W (outputs, u), b (outputs,), V (u, m), c (u,).
    """

    def __init__(self, parameters: tuple[Tensor, ...], unit: float, activation: str) -> None:
        self.parameters = parameters
        self.gradients = tuple(torch.empty_like(p) for p in parameters)
        self.scales = (1.0, 1.0, unit, 1.0)
        self._unit = unit
        self._squash, self._slope = HIDDEN[activation]
        self._V = parameters[2] if unit == 1 else torch.empty_like(parameters[2])
        self._H = parameters[0]  # of the rows last passed to `forward`

    def begin(self) -> None:
        if self._unit != 1:
            torch.mul(self.parameters[2], self._unit, out=self._V)

    def forward(self, X: Tensor | SparseRows, out: Tensor | None = None) -> Tensor:
        W, b, _, c = self.parameters
        self._H = self._squash(logits(X, self._V, c))
        return logits(self._H, W, b, out=out)

    def backward(self, dZ: Tensor, X: Tensor | SparseRows, *, add: bool) -> None:
        """∇W = dZᵀ H;  dH = dZ W;  ∇V = (dH ⊙ f')ᵀ X"""
        dW, db, dV, dc = self.gradients
        dH = dZ @ self.parameters[0]
        gradients(dZ, self._H, dW, db, add=add)
        gradients(dH.mul_(self._slope(self._H)), X, dV, dc, add=add)


Model = Linear | OneHidden

# Each activation f of the hidden units, and its slope f' as a function of f itself.
HIDDEN: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "relu": (torch.relu, lambda H: (H > 0).to(H.dtype)),
    "tanh": (torch.tanh, lambda H: 1 - H * H),
    "sigmoid": (torch.sigmoid, lambda H: H * (1 - H)),
}


def model_of(config: ModelConfig, parameters: tuple[Tensor, ...], unit: float = 1.0) -> Model:
    """Return the model with these parameters, ready for `forward`."""
    model: Model
    if config.hidden:
        model = OneHidden(parameters, unit, config.activation)
    else:
        model = Linear(parameters, unit)
    model.begin()
    return model


def start(init: str, h: int, m: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return initial W (h, m) and b (h,): zeros, or small normal weights.

    Zeros are fine here because the loss is convex. Biases start at zero either way.
    """
    W = torch.zeros(h, m)
    if init == "random":
        W.normal_(0.0, RANDOM_STD, generator=generator)
    return W, torch.zeros(h)


def tensors_of(params: Params) -> tuple[Tensor, ...]:
    """Copy weights from NumPy to tensors on the host."""
    return tuple(torch.tensor(array) for array in params.arrays)


def start_of(config: ModelConfig, outputs: int, m: int, generator: Generator) -> tuple[Tensor, ...]:
    """Return the initial parameters: W, b, and V, c of a hidden layer.

    Hidden units need random weights: with zeros they would all stay identical. The spread of the
    weights preserves the variance of activations (Glorot; He for ReLU, which halves it).
    """
    if not config.hidden:
        return start(config.init, outputs, m, generator)
    gain = 2 if config.activation == "relu" else 1
    V = torch.empty(config.hidden, m).normal_(0, math.sqrt(gain / m), generator=generator)
    W = torch.empty(outputs, config.hidden)
    W.normal_(0, math.sqrt(1 / config.hidden), generator=generator)
    return W, torch.zeros(outputs), V, torch.zeros(config.hidden)
