"""Entropy, cross-entropy and divergence against SciPy and PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch.nn import functional

from core.teach.information import cross_entropies, information


@pytest.mark.parametrize(("p", "q"), [(0.7, 0.4), (0.5, 0.5), (1.0, 0.2), (0.0, 0.9), (0.03, 0.99)])
def test_they_are_those_of_scipy_and_pytorch(p: float, q: float) -> None:
    found = information(p, q)
    assert found.entropy == pytest.approx(stats.entropy([p, 1 - p]))
    assert found.divergence == pytest.approx(stats.entropy([p, 1 - p], [q, 1 - q]))
    assert found.cross_entropy == pytest.approx(found.entropy + found.divergence)
    one, other = torch.tensor([q], dtype=torch.float64), torch.tensor([p], dtype=torch.float64)
    bce = float(functional.binary_cross_entropy(one, other))
    assert found.cross_entropy == pytest.approx(bce) == pytest.approx(found.nll)


def test_cross_entropy_is_least_where_belief_is_the_truth() -> None:
    q = np.linspace(0.01, 0.99, 99)
    for p in (0.2, 0.5, 0.77):
        assert q[cross_entropies(p, q).argmin()] == pytest.approx(p)
