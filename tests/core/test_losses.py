"""Heads: hand-written losses and gradients against autograd, differences and PyTorch."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.nn import functional

from core.losses import HEADS, softmax, softmax_cross_entropy, softmax_gradient

LAYOUTS = {
    "row by row": lambda Z: Z.contiguous(),
    "class by class": lambda Z: Z.mT.contiguous().mT,
}
SIZES = [(1, 2), (5, 2), (7, 3), (40, 10)]

every_head = pytest.mark.parametrize("head", HEADS.values(), ids=lambda head: head.name)
every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
every_size = pytest.mark.parametrize(("n", "h"), SIZES)


def example(head, n, h, rng, spread=3.0):
    """Return logits Z and targets Y in float64, and the class numbers y."""
    outputs, classes = (1, 2) if head.name == "binary" else (h, h)
    y = torch.from_numpy(rng.integers(0, classes, n))
    Z = torch.from_numpy(rng.normal(0, spread, (n, outputs)))
    return Z, head.encode(y, outputs).double(), y


@every_head
@every_layout
@every_size
def test_hand_gradient_equals_autograd(head, layout, n, h, rng):
    Z, Y, _ = example(head, n, h, rng)
    Z = layout(Z).requires_grad_()
    (expected,) = torch.autograd.grad(head.loss(Z, Y).sum(), Z)
    torch.testing.assert_close(head.gradient(Z.detach(), layout(Y)), expected)


@every_head
@every_layout
@every_size
def test_hand_gradient_equals_central_differences(head, layout, n, h, rng):
    Z, Y, _ = example(head, n, h, rng)
    Z, Y, epsilon = layout(Z), layout(Y), 1e-5
    expected = torch.empty_like(Z)
    for k in range(Z.shape[1]):
        nudge = torch.zeros_like(Z)
        nudge[:, k] = epsilon
        expected[:, k] = (head.loss(Z + nudge, Y) - head.loss(Z - nudge, Y)) / (2 * epsilon)
    torch.testing.assert_close(head.gradient(Z, Y), expected, rtol=1e-7, atol=1e-9)


@every_head
@every_size
def test_the_layout_in_memory_changes_no_answer(head, n, h, rng):
    Z, Y, _ = example(head, n, h, rng)
    by_row, by_class = (layout(Z) for layout in LAYOUTS.values())
    torch.testing.assert_close(head.loss(by_class, Y), head.loss(by_row, Y))
    torch.testing.assert_close(head.gradient(by_class, Y), head.gradient(by_row, Y))
    torch.testing.assert_close(head.probabilities(by_class), head.probabilities(by_row))
    assert torch.equal(head.decide(by_class), head.decide(by_row))


@every_head
@every_layout
def test_gradient_writes_into_neither_logits_nor_targets(head, layout, rng):
    Z, Y, _ = example(head, 6, 3, rng)
    Z, Y = layout(Z), layout(Y)
    kept = Z.clone(), Y.clone()
    head.gradient(Z, Y)
    assert torch.equal(Z, kept[0]) and torch.equal(Y, kept[1])


@every_head
@every_layout
def test_gradient_is_written_over_the_logits_where_that_is_wanted(head, layout, rng):
    Z, Y, _ = example(head, 6, 3, rng)
    Z, Y = layout(Z), layout(Y)
    expected = head.gradient(Z, Y)
    assert head.gradient(Z, Y, out=Z).data_ptr() == Z.data_ptr()
    torch.testing.assert_close(Z, expected)


@every_head
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_of_a_thousand_cost_what_they_should(head, dtype):
    right, wrong = (torch.tensor([0, 1]), torch.tensor([1, 0]))
    Z = torch.tensor([[-1000.0], [1000.0]], dtype=dtype)
    cost_of_wrong = 1000.0
    if head.name == "softmax":
        Z = torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=dtype)
        cost_of_wrong = 2000.0
    outputs = Z.shape[1]
    for y, cost, size in ((right, 0.0, 0.0), (wrong, cost_of_wrong, 1.0)):
        Y = head.encode(y, outputs).to(dtype)
        torch.testing.assert_close(head.loss(Z, Y), torch.full((2,), cost, dtype=dtype))
        torch.testing.assert_close(head.gradient(Z, Y).abs(), torch.full_like(Z, size))


@every_size
def test_rows_of_the_softmax_gradient_sum_to_zero(n, h, rng):
    Z, Y, _ = example(HEADS["softmax"], n, h, rng)
    sums = softmax_gradient(Z, Y).sum(dim=1)
    torch.testing.assert_close(sums, torch.zeros_like(sums))


def test_the_worked_example_of_the_lecture():
    Z = torch.tensor(
        [[-0.3, -0.5, -0.5], [-0.4, -0.1, -0.5], [-0.3, -0.94, -0.5], [-0.99, -0.88, -0.5]]
    )
    head = HEADS["softmax"]
    losses = head.loss(Z, head.encode(torch.tensor([0, 1, 2, 2]), 3))
    probabilities = [
        [0.3792, 0.3104, 0.3104],
        [0.3072, 0.4147, 0.2780],
        [0.4263, 0.2248, 0.3490],
        [0.2668, 0.2978, 0.4354],
    ]
    np.testing.assert_allclose(softmax(Z), probabilities, atol=5.1e-5)
    np.testing.assert_allclose(losses, [0.9698, 0.8801, 1.0527, 0.8314], atol=5.1e-5)
    assert float(losses.mean()) == pytest.approx(0.9335, abs=5.1e-5)


@every_size
def test_softmax_loss_equals_pytorchs_cross_entropy(n, h, rng):
    Z, Y, y = example(HEADS["softmax"], n, h, rng)
    expected = functional.cross_entropy(Z, y, reduction="none")
    torch.testing.assert_close(softmax_cross_entropy(Z, Y), expected)


def test_binary_loss_equals_pytorchs_from_the_logit(rng):
    Z, Y, _ = example(HEADS["binary"], 50, 2, rng, spread=30.0)
    expected = functional.binary_cross_entropy_with_logits(Z, Y, reduction="none")[:, 0]
    torch.testing.assert_close(HEADS["binary"].loss(Z, Y), expected)


@every_head
@every_size
def test_probabilities_are_a_distribution_whose_surprise_is_the_loss(head, n, h, rng):
    Z, Y, y = example(head, n, h, rng)
    A = head.probabilities(Z)
    torch.testing.assert_close(A.sum(dim=1), torch.ones(n, dtype=A.dtype))
    torch.testing.assert_close(-A[torch.arange(n), y].log(), head.loss(Z, Y))


@every_head
def test_the_decision_is_the_most_probable_class(head, rng):
    Z, _, _ = example(head, 100, 4, rng)
    assert torch.equal(head.decide(Z), head.probabilities(Z).argmax(dim=1))


@every_head
def test_equal_logits_cost_the_logarithm_of_the_number_of_classes(head, rng):
    Z, Y, _ = example(head, 9, 5, rng)
    classes = 2 if head.name == "binary" else 5
    expected = torch.full((9,), math.log(classes), dtype=torch.float64)
    torch.testing.assert_close(head.loss(torch.zeros_like(Z), Y), expected)


@given(
    Z=hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=8),
        elements=st.floats(-50, 50),
    ),
    shift=st.floats(-1e3, 1e3),
)
def test_one_constant_added_to_all_logits_changes_nothing(Z, shift):
    logits = torch.from_numpy(Z)
    Y = HEADS["softmax"].encode(torch.zeros(len(Z), dtype=torch.int64), Z.shape[1]).double()
    for function in (softmax_cross_entropy, softmax_gradient):
        torch.testing.assert_close(
            function(logits + shift, Y), function(logits, Y), rtol=1e-7, atol=1e-9
        )


@given(z=st.floats(-500, 500), y=st.integers(0, 1))
def test_a_binary_neuron_is_softmax_of_zero_and_its_logit(z, y):
    target = torch.tensor([y])
    heads = HEADS["binary"], HEADS["softmax"]
    logits = torch.tensor([[z]], dtype=torch.float64), torch.tensor([[0.0, z]], dtype=torch.float64)
    losses = [
        head.loss(Z, head.encode(target, Z.shape[1]).double())
        for head, Z in zip(heads, logits, strict=True)
    ]
    torch.testing.assert_close(losses[0], losses[1])
