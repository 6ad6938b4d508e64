"""The normaliser: shares are softmax, and timings are of what they say."""

import numpy as np
import pytest
from scipy.special import softmax

from core.teach.normaliser_cost import MOST_LABELS, measured, share_of


@pytest.mark.parametrize("scale", [1, 300])
def test_a_share_is_softmax_of_all_scores(scale):
    rng = np.random.default_rng(3)
    W, x = rng.normal(size=(7, 5)).astype(np.float32), scale * np.ones(5, np.float32)
    expected = softmax((W @ x).astype(np.float64))
    assert [share_of(W, x, k) for k in range(7)] == pytest.approx(expected, abs=1e-5)


def test_the_share_of_one_label_among_many_takes_longer_than_its_score():
    cost = measured(MOST_LABELS)
    assert cost.labels == MOST_LABELS
    assert cost.share > cost.score > 0
