"""Rows of a sparse matrix in the hot loop: SciPy's products with the weights.

Of a bag of words nearly all numbers are 0, and only the others are multiplied: a batch of 32
documents and 20,000 words takes 0.1 ms, and 10 ms as a dense product. torch's own sparse products
are as fast forward; backward, which needs the transposed matrix, they took a hundred times as long.
What SciPy does around its products, checks and conversions, took three times as long as a batch of
32 documents; so their kernels are called, which have been the same since SciPy 0.7.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import _sparsetools, csr_array, issparse, vstack
from torch import Tensor

Numbers = NDArray[np.float32] | NDArray[np.float64]
Indices = NDArray[np.int32] | NDArray[np.int64]


class Parts(NamedTuple):
    """A sparse matrix as SciPy holds it, without the checks of one: these take longer than a step.

    shape : (any, m).
    """

    data: Numbers
    indices: Indices
    indptr: Indices
    shape: tuple[int, int]


class SparseRows:
    """Some rows X (n, m) of a sparse matrix, in a model's place of a dense tensor.

    matrix : holds these rows among others, and so do its parts data, indices and starts.
    numbers : (n,) which they are; None for all.
    Products are quickest with weights W (h, m) whose columns lie together; see `by_column`.
    """

    def __init__(self, matrix: csr_array | Parts, numbers: NDArray[np.int64] | None = None) -> None:
        self.data, self.indices, self.starts = matrix.data, matrix.indices, matrix.indptr
        self._numbers = numbers
        n = len(self.starts) - 1 if numbers is None else len(numbers)
        self.shape: tuple[int, int] = n, matrix.shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> SparseRows:
        """Return consecutive rows, copied unless all of the matrix are here."""
        if self._numbers is not None:
            return self._taken(self._numbers[rows])
        first, last, _ = rows.indices(len(self))
        a, b = self.starts[first], self.starts[last]
        starts = self.starts[first : last + 1] - a
        return SparseRows(Parts(self.data[a:b], self.indices[a:b], starts, self.shape))

    def select(self, rows: Tensor) -> SparseRows:
        """Return these rows, copied."""
        chosen = rows.numpy()
        return self._taken(chosen if self._numbers is None else self._numbers[chosen])

    def _taken(self, numbers: NDArray[np.int64]) -> SparseRows:
        index = self.starts.dtype
        starts = np.zeros(len(numbers) + 1, index)
        np.cumsum(self.starts[numbers + 1] - self.starts[numbers], out=starts[1:])
        data, indices = np.empty(starts[-1], self.data.dtype), np.empty(starts[-1], index)
        _sparsetools.csr_row_index(
            len(numbers),
            numbers.astype(index),
            self.starts,
            self.indices,
            self.data,
            indices,
            data,
        )
        return SparseRows(Parts(data, indices, starts, self.shape))

    @cached_property
    def _own(self) -> SparseRows:
        """These rows alone."""
        return self if self._numbers is None else self._taken(self._numbers)

    def double(self) -> SparseRows:
        """Return these rows in float64."""
        return SparseRows(self.matrix.astype(np.float64))

    @property
    def matrix(self) -> csr_array:
        """These rows alone, as SciPy has them."""
        own = self._own
        return csr_array((own.data, own.indices, own.starts), shape=self.shape)

    def tensor(self) -> Tensor:
        """Return them as one of torch's sparse tensors, whose products autograd knows."""
        matrix = self.matrix.tocoo()
        at = torch.from_numpy(np.stack(matrix.coords).astype(np.int64))
        numbers = torch.from_numpy(matrix.data)
        return torch.sparse_coo_tensor(at, numbers, self.shape, check_invariants=True)

    @property
    def mean_count(self) -> float:
        """How many numbers of a row are not 0, on average over the whole matrix."""
        return float(len(self.data) / max(len(self.starts) - 1, 1))

    def times(self, W: Tensor) -> Tensor:
        """Return X Wᵀ, (n, h)."""
        own, by_input = self._own, np.ascontiguousarray(W.mT.numpy())
        (m, h), n = by_input.shape, len(self)
        found = np.zeros((n, h), by_input.dtype)
        data = own.data.astype(found.dtype, copy=False)
        _sparsetools.csr_matvecs(
            n, m, h, own.starts, own.indices, data, by_input.ravel(), found.ravel()
        )
        return torch.from_numpy(found)

    def add_transposed(self, D: Tensor, to: Tensor) -> None:
        """Add Dᵀ X, for D (n, h), to a tensor (h, m) of D's type that lies column by column."""
        own, by_row = self._own, np.ascontiguousarray(D.numpy())
        (n, m), h = self.shape, by_row.shape[1]
        data = own.data.astype(by_row.dtype, copy=False)
        # The rows of X are the columns of its transpose.
        _sparsetools.csc_matvecs(
            m, n, h, own.starts, own.indices, data, by_row.ravel(), to.mT.numpy().reshape(-1)
        )


def rows_of(X: NDArray[np.floating] | csr_array) -> Tensor | SparseRows:
    """Return X (n, m), an array or sparse, as models take it."""
    return SparseRows(X) if issparse(X) else torch.from_numpy(X)


def with_rows_of_zeros(
    X: NDArray[np.floating] | csr_array, count: int
) -> NDArray[np.floating] | csr_array:
    """Return X (n, m) with so many rows of zeros below."""
    if not count:
        return X
    zeros = np.zeros((count, X.shape[1]), X.dtype)
    return vstack([X, csr_array(zeros)], "csr") if issparse(X) else np.concatenate([X, zeros])


def dense(X: Tensor | SparseRows) -> Tensor:
    """Return X as a tensor; of few rows only."""
    return torch.from_numpy(X.matrix.toarray()) if isinstance(X, SparseRows) else X


def transposed_product(D: Tensor, X: Tensor | SparseRows) -> Tensor:
    """Return Dᵀ X, (h, m), for D (n, h)."""
    if not isinstance(X, SparseRows):
        return D.mT @ X
    found = D.new_zeros(X.shape[1], D.shape[1]).mT
    X.add_transposed(D, found)
    return found


def sum_of_squares(X: Tensor | SparseRows) -> float:
    """Return Σ x² over all numbers of X, in float64."""
    numbers = torch.from_numpy(X.matrix.data) if isinstance(X, SparseRows) else X
    return float(numbers.double().square().sum())


def squares_of_rows(X: Tensor | SparseRows) -> Tensor:
    """Return ‖x‖² of each row, (n,)."""
    if isinstance(X, SparseRows):
        return torch.from_numpy(np.asarray(X.matrix.power(2).sum(axis=1)))
    return X.square().sum(dim=1)


def largest_of_columns(X: Tensor | SparseRows) -> Tensor:
    """Return the largest |x| of each column, (m,)."""
    if isinstance(X, SparseRows):
        return torch.from_numpy(abs(X.matrix).max(axis=0).toarray().ravel())
    return X.abs().amax(dim=0)


def by_column(W: Tensor) -> Tensor:
    """Return a copy of W (h, m) that lies in memory column by column."""
    return W.mT.clone(memory_format=torch.contiguous_format).mT
