"""Preprocessing of raw features into the inputs of the model."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from core.config import Std
from core.errors import DataError
from core.language import mark, tr
from core.number_format import format_integer

SUPERSCRIPTS = {2: "²", 3: "³", 4: "⁴", 5: "⁵"}
MAX_INPUTS = 1000  # most inputs that a feature map may produce
SPREADS: dict[Std, str] = {
    "sample": mark("the standard deviation of a sample (n − 1)"),
    "population": mark("the standard deviation of a population (n)"),
}
Floats = NDArray[np.float64]
NUMBERS_AT_ONCE = 2**15  # whose float64 temporaries fit into the processor's cache
ROWS_AT_ONCE = 8192  # float64 copies of image data stay below 60 MB


@dataclass(frozen=True)
class FeatureMap:
    """Map features x to inputs φ(x): products of features up to a degree, and sines.

    names : of the features, (m,).
    degree : 1 leaves the features as they are; 2 adds x₁², x₁x₂, x₂², …, and so on.
    sine : also sin(xⱼ) of each feature.
    """

    names: tuple[str, ...]
    degree: int = 1
    sine: bool = False

    def __post_init__(self) -> None:
        if not self.is_identity and self.k > MAX_INPUTS:
            raise DataError(
                tr(
                    "Degree {degree} of {m} features makes {k} inputs; {most} are the "
                    "most. Choose fewer features or a lower degree.",
                    degree=self.degree,
                    m=format_integer(len(self.names)),
                    k=format_integer(self.k),
                    most=format_integer(MAX_INPUTS),
                )
            )

    @property
    def k(self) -> int:
        """The number of inputs, computed without their names, which may be long."""
        m = len(self.names)
        return math.comb(m + self.degree, self.degree) - 1 + (m if self.sine else 0)

    @property
    def is_identity(self) -> bool:
        return self.degree == 1 and not self.sine

    @property
    def terms(self) -> list[tuple[int, ...]]:
        """Return the indices of the factors of each product: (0,), (1,), (0, 0), (0, 1), …"""
        features = range(len(self.names))
        return [
            term
            for degree in range(1, self.degree + 1)
            for term in combinations_with_replacement(features, degree)
        ]

    @property
    def input_names(self) -> tuple[str, ...]:
        """Return the names of the inputs, such as x₁²x₂ or sin(x₁)."""
        if self.is_identity:
            return self.names
        products = [self._product(term) for term in self.terms]
        sines = [f"sin({name})" for name in self.names] if self.sine else []
        return (*products, *sines)

    def apply(
        self, X: NDArray[np.floating] | NDArray[np.uint8]
    ) -> NDArray[np.floating] | NDArray[np.uint8]:
        """Return the inputs (n, k) of the features X (n, m)."""
        if self.is_identity:
            return X
        X = X.astype(np.float64)
        columns = [X[:, list(term)].prod(axis=1) for term in self.terms]
        if self.sine:
            columns.extend(np.sin(X).T)
        return np.stack(columns, axis=1)

    def _product(self, term: tuple[int, ...]) -> str:
        powers = [(self.names[j], term.count(j)) for j in dict.fromkeys(term)]
        joint = "" if max(len(name) for name, _ in powers) <= 2 else "·"
        return joint.join(name + SUPERSCRIPTS.get(power, "") for name, power in powers)


@dataclass(frozen=True, eq=False)
class Standardiser:
    """x ↦ (x − mean) / std, feature by feature.

    mean, std : (m,) float64. A feature that is constant in the rows it was fitted on has std 1, so
    that it is only centred.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    @classmethod
    def identity(cls, m: int) -> Standardiser:
        """Return a standardiser that leaves every feature unchanged."""
        return cls(np.zeros(m), np.ones(m))

    @classmethod
    def fit(
        cls,
        X: NDArray[np.floating] | NDArray[np.uint8],
        scale: float = 1.0,
        std: Std = "sample",
    ) -> Standardiser:
        """Fit mean and standard deviation of X / scale, X (n, m); see `of_parts`."""
        return cls.of_parts([X], X.shape[1], scale, std)

    @classmethod
    def of_parts(
        cls,
        parts: Iterable[NDArray[np.floating] | NDArray[np.uint8]],
        m: int,
        scale: float = 1.0,
        std: Std = "sample",
    ) -> Standardiser:
        """Fit mean and standard deviation of X / scale, X (n, m) in parts, each taken once.

        std : the sample's, with n − 1, as in the lecture; or the population's, with n, as NumPy
            and scikit-learn have it.
        """
        n, mean, squares = 0, np.zeros(m), np.zeros(m)
        for X in parts:
            n, mean, squares = _merged(n, mean, squares, X)
        if n == 0:
            return cls.identity(m)
        spread = np.sqrt(squares / max(n - (std == "sample"), 1)) / scale
        mean = mean / scale
        constant = spread <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
        return cls(mean, np.where(constant, 1.0, spread))

    def unscale(
        self, W: NDArray[np.floating], b: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return weights and biases that give for x the logits of W and b for (x − mean) / std."""
        raw = W / self.std
        return raw, b - raw @ self.mean

    @property
    def is_identity(self) -> bool:
        return not self.mean.any() and bool((self.std == 1).all())

    def apply(self, X: NDArray[np.floating] | NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the standardised X (n, m) in float32, computed in float64."""
        if self.is_identity:
            return X.astype(np.float32, copy=False)
        return ((X - self.mean) / self.std).astype(np.float32)


def _merged(
    n: int, mean: Floats, squares: Floats, X: NDArray[np.floating] | NDArray[np.uint8]
) -> tuple[int, Floats, Floats]:
    """Add the rows X (k, m) to the moments of n rows before: n, mean, sum of (x − mean)².

    Chan, Golub and LeVeque (1983): with δ the difference of the two means, these sums and
    δ² n k / (n + k) add up, without the cancellation of a sum of x².
    """
    k = len(X)
    if k == 0:
        return n, mean, squares
    own = X.mean(axis=0, dtype=np.float64)
    own_squares = np.zeros(len(own))
    for start in range(0, k, ROWS_AT_ONCE):  # two passes over a part: no cancellation here either
        own_squares += ((X[start : start + ROWS_AT_ONCE] - own) ** 2).sum(axis=0)
    if n == 0:
        return k, own, own_squares
    delta, both = own - mean, n + k
    return both, mean + delta * (k / both), squares + own_squares + delta**2 * (n * k / both)
