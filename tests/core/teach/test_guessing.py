"""The loss of guessing, against the heads at the logits of who knows nothing."""

import pytest
import torch

from core.model_family import FAMILY, guessing
from core.train.losses import HEADS


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize("h", [2, 3, 10])
def test_it_is_the_heads_loss_where_nothing_is_known(kind, h):
    head, is_neuron = HEADS[kind], FAMILY[kind].is_neuron
    if is_neuron and h > 2:
        return
    y = torch.arange(h)
    outputs = FAMILY[kind].outputs(h)
    Z = torch.full((h, outputs), FAMILY[kind].threshold)
    found = guessing(kind, h)
    if found is None:
        assert FAMILY[kind].margin == 0
        return
    losses = head.loss(Z, head.encode(y, outputs).to(Z.dtype))
    assert losses.tolist() == pytest.approx([found[0]] * h, rel=1e-6)


def test_every_row_of_words_has_its_row_of_mathematics():
    assert list(FAMILY) == list(HEADS)
