"""Heads: hand-written losses and gradients against autograd, differences and PyTorch."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.nn import functional

from core.model_family import FAMILY
from core.train.losses import ABSENT, HEADS, softmax, softmax_cross_entropy, softmax_gradient

LAYOUTS = {
    "row by row": lambda Z: Z.contiguous(),
    "class by class": lambda Z: Z.mT.contiguous().mT,
}
SIZES = [(1, 2), (5, 2), (7, 3), (40, 10)]


def heads(*names):
    """Parametrise a test by these heads."""
    chosen = [HEADS[name] for name in names]
    return pytest.mark.parametrize("head", chosen, ids=lambda head: head.name)


every_head = heads(*HEADS)
every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
every_size = pytest.mark.parametrize(("n", "h"), SIZES)


def example(head, n, h, rng, spread=3.0):
    """Return logits Z and targets Y in float64, and the class numbers y."""
    kind = FAMILY[head.name]
    outputs, classes = kind.outputs(h), 2 if kind.is_neuron else h
    y = torch.from_numpy(rng.integers(0, classes, n))
    Z = torch.from_numpy(rng.normal(0, spread, (n, outputs)))
    return Z, head.encode(y, outputs).double(), y


def test_each_model_of_the_family_has_a_head_and_each_head_its_words():
    assert list(HEADS) == list(FAMILY)


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


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("name", "right", "wrong", "size"),
    [
        ("perceptron", 0.0, 1000.0, 1.0),
        ("adaline", None, 1_000_000.0, 2000.0),  # far on the right side costs nearly as much
        ("svm", 0.0, 1001.0, 1.0),
        ("mse", 0.0, 1.0, 0.0),  # starved
        ("binary", 0.0, 1000.0, 1.0),
        ("softmax", 0.0, 2000.0, 1.0),
        ("ovr", 0.0, 2000.0, 1.0),
        ("ovo", 0.0, 1000.0, 1.0),
    ],
)
def test_logits_of_a_thousand_cost_what_they_should(name, right, wrong, size, dtype):
    head = HEADS[name]
    outputs = FAMILY[name].outputs(2)
    Z = torch.tensor([[-1000.0], [1000.0]], dtype=dtype)
    if outputs == 2:
        Z = torch.cat([-Z, Z], dim=1)
    for y, cost, slope in ((torch.tensor([0, 1]), right, 0.0), (torch.tensor([1, 0]), wrong, size)):
        if cost is None:
            continue
        Y = head.encode(y, outputs).to(dtype)
        torch.testing.assert_close(
            head.loss(Z, Y), torch.full((2,), cost, dtype=dtype), rtol=3e-3, atol=0
        )
        torch.testing.assert_close(
            head.gradient(Z, Y).abs(), torch.full_like(Z, slope), rtol=2e-3, atol=0
        )


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


def classes_of(head, h):
    return 2 if FAMILY[head.name].is_neuron else h


@every_head
@every_size
def test_probabilities_are_of_each_class_and_between_0_and_1(head, n, h, rng):
    Z, _, _ = example(head, n, h, rng)
    A = head.probabilities(Z)
    assert A.shape == (n, classes_of(head, h))
    assert ((A >= 0) & (A <= 1)).all()


@heads(*(name for name in HEADS if name != "ovr"))
@every_size
def test_probabilities_sum_to_one(head, n, h, rng):
    Z, _, _ = example(head, n, h, rng)
    A = head.probabilities(Z)
    torch.testing.assert_close(A.sum(dim=1), torch.ones(n, dtype=A.dtype))


def test_one_against_the_rest_is_sure_of_several_classes_or_of_none():
    A = HEADS["ovr"].probabilities(torch.tensor([[5.0, 5.0, -9.0], [-5.0, -5.0, -9.0]]))
    assert A.sum(dim=1).tolist() == pytest.approx([2.0, 0.0], abs=0.02)


@heads("binary", "softmax")
@every_size
def test_the_loss_is_the_surprise_at_the_true_class(head, n, h, rng):
    Z, Y, y = example(head, n, h, rng)
    surprise = -head.probabilities(Z)[torch.arange(n), y].log()
    torch.testing.assert_close(surprise, head.loss(Z, Y))


@every_head
def test_the_decision_is_the_class_with_the_largest_score(head, rng):
    Z, _, _ = example(head, 100, 4, rng)
    scores = head.scores(Z)
    assert scores.shape == (100, classes_of(head, 4))
    assert torch.equal(head.decide(Z), scores.argmax(dim=1))


@heads("mse", "binary", "softmax", "ovr")
def test_the_decision_is_the_most_probable_class(head, rng):
    Z, _, _ = example(head, 100, 4, rng)
    assert torch.equal(head.decide(Z), head.probabilities(Z).argmax(dim=1))


@every_head
def test_logits_of_zero_cost_the_same_whatever_the_class(head, rng):
    Z, Y, _ = example(head, 9, 5, rng)
    start = {
        "perceptron": 0.0,  # it has no opinion yet, and what is not wrong costs nothing
        "svm": 1.0,  # on the boundary, the whole margin is wanting
        "adaline": None,  # 0 is right for class 0 and off by 1 for class 1
        "mse": 0.25,
        "binary": math.log(2),
        "softmax": math.log(5),
        "bayes": math.log(5),
        "ovr": 5 * math.log(2),
        "ovo": 4 * math.log(2),  # of ten pairs, each class is in four
    }[head.name]
    expected = Y[:, 0] if start is None else torch.full((9,), start, dtype=torch.float64)
    torch.testing.assert_close(head.loss(torch.zeros_like(Z), Y), expected)


# Second derivatives -------------------------------------------------------------------------------


@heads(*(name for name, head in HEADS.items() if head.hessian))
@every_size
def test_the_hessian_equals_autograds(head, n, h, rng):
    Z, Y, _ = example(head, n, h, rng)
    found = head.hessian(Z, Y)
    for i in range(n):
        expected = torch.autograd.functional.hessian(
            lambda z, i=i: head.loss(z[None], Y[i : i + 1]).sum(), Z[i]
        )
        torch.testing.assert_close(found[i].to(expected), expected)


@heads(*(name for name in HEADS if FAMILY[name].is_smooth))  # others are straight but for kinks
@every_size
def test_no_loss_bends_more_than_its_head_says(head, n, h, rng):
    """The largest curvature along any direction of z, measured at many places."""
    steepest = 0.0
    for spread in (0.1, 1.0, 3.0):
        Z, Y, _ = example(head, n, h, rng, spread)
        for i in range(n):
            H = torch.autograd.functional.hessian(
                lambda z, i=i, Y=Y: head.loss(z[None], Y[i : i + 1]).sum(), Z[i]
            )
            steepest = max(steepest, float(torch.linalg.eigvalsh(H).abs().max()))
    assert steepest <= head.curvature_bound * (1 + 1e-12)


@heads("mse", "binary", "softmax", "ovr", "ovo")
def test_the_bound_of_the_bend_is_no_larger_than_need_be(head):
    """Along one line of logits from −10 to 10 some loss comes within a twentieth of it."""
    t = torch.linspace(-10, 10, 4001, dtype=torch.float64)[:, None]
    outputs = FAMILY[head.name].outputs(2)
    Z = t if outputs == 1 else torch.cat([-t / 2, t / 2], dim=1)
    unit = 1.0 if outputs == 1 else math.sqrt(0.5)  # |dz| for a step of t
    largest = 0.0
    for label in (0, 1):
        y = torch.full((len(t),), label)
        g = head.gradient(Z, head.encode(y, outputs).double())
        slope = g[:, 0] if outputs == 1 else (g[:, 1] - g[:, 0]) / 2
        bend = (slope[1:] - slope[:-1]) / (t[1, 0] - t[0, 0]) / unit**2
        largest = max(largest, float(bend.abs().max()))
    assert head.curvature_bound * 0.95 <= largest <= head.curvature_bound * (1 + 1e-6)


# Each against its closed form ---------------------------------------------------------------------


@given(z=st.floats(-50, 50), y=st.integers(0, 1))
def test_the_neurons_that_fit_follow_their_closed_forms(z, y):
    Z, Y = torch.tensor([[z]], dtype=torch.float64), torch.tensor([[float(y)]]).double()
    a = 1 / (1 + math.exp(-z))
    says_yes, margin = float(z > 0), (2 * y - 1) * z
    forms = {
        "perceptron": (max(0.0, -(2 * y - 1) * z), says_yes - y, z > 0),
        "svm": (max(0.0, 1 - margin), -(2 * y - 1) * (margin < 1), z > 0),
        "adaline": ((y - z) ** 2, -2 * (y - z), z > 0.5),
        "mse": ((y - a) ** 2, -2 * (y - a) * a * (1 - a), z > 0),
    }
    for name, (loss, slope, decision) in forms.items():
        head = HEADS[name]
        assert float(head.loss(Z, Y)) == pytest.approx(loss, rel=1e-9, abs=1e-12)
        assert float(head.gradient(Z, Y)) == pytest.approx(slope, rel=1e-9, abs=1e-12)
        assert int(head.decide(Z)) == decision


def test_a_logit_of_zero_is_a_no_and_moves_a_perceptron_towards_yes():
    head, Z = HEADS["perceptron"], torch.zeros(2, 1)
    assert head.decide(Z).tolist() == [0, 0]
    assert head.gradient(Z, torch.tensor([[0.0], [1.0]])).ravel().tolist() == [0.0, -1.0]


def test_an_example_at_the_margin_pulls_no_more():
    head, Z = HEADS["svm"], torch.tensor([[1.0], [-1.0], [0.99], [-0.99]])
    slopes = head.gradient(Z, torch.tensor([[1.0], [0.0], [1.0], [0.0]]))
    assert slopes.ravel().tolist() == [0.0, 0.0, -1.0, 1.0]


def test_newtons_method_is_for_exactly_the_losses_with_one_smooth_valley():
    for name, kind in FAMILY.items():
        assert (HEADS[name].hessian is not None) == (kind.is_convex and kind.is_smooth)
        has_optimum = HEADS[name].hessian is not None and not kind.is_counted
        assert bool(kind.no_optimum) != has_optimum


@every_head
def test_the_flags_of_the_family_are_true_of_the_heads(head, rng):
    """Each by what it says of the mathematics, whatever the model is called."""
    kind = FAMILY[head.name]
    Z, Y, _ = example(head, 40, 4, rng)
    A, shares = head.activation(Z), head.probabilities(Z)
    one = torch.ones(40, dtype=Z.dtype)
    assert kind.is_sigmoid == torch.equal(A, torch.sigmoid(Z))
    assert kind.is_identity == torch.equal(A, Z)
    whole = torch.cat([1 - A, A], dim=1) if kind.is_neuron else A
    is_distribution = torch.allclose(whole.sum(dim=1), one) and bool(
        ((whole > 0) & (whole < 1)).all()
    )
    assert kind.outputs_sum_to_one == is_distribution
    assert kind.has_probabilities == bool(((shares > 0) & (shares < 1)).all())
    if kind.has_probabilities:
        assert kind.shares_sum_to_one == torch.allclose(shares.sum(dim=1), one)
    assert kind.is_shift_invariant == torch.allclose(head.loss(Z + 1, Y), head.loss(Z, Y))
    difference = torch.where(Y == ABSENT, 0.0, A - Y) if kind.is_pairwise else A - Y
    is_difference = torch.allclose(head.gradient(Z, Y), difference)
    assert kind.chain_collapses == (is_difference and kind.has_probabilities)
    if kind.is_neuron:
        assert torch.equal(head.decide(Z), (Z[:, 0] > kind.threshold).long())
    if kind.margin is not None:
        expected = torch.relu(kind.margin - (2 * Y - 1) * Z)[:, 0]
        torch.testing.assert_close(head.loss(Z, Y), expected)


@every_head
def test_only_a_loss_of_the_logit_itself_is_lowest_where_all_is_right(head):
    """With every example right, larger logits lower a saturating loss for ever."""
    kind = FAMILY[head.name]
    y = torch.arange(2)
    Y = head.encode(y, kind.outputs(2)).double()
    Z = (2 * Y - 1) * 5
    further = head.loss(3 * Z, Y) < head.loss(Z, Y)
    assert kind.always_has_optimum == (not further.any())


def test_a_pairs_neuron_learns_from_its_two_classes_only():
    Y = HEADS["ovo"].encode(torch.tensor([0, 1, 2]), 3)
    assert Y.tolist() == [[0.0, 0.0, ABSENT], [1.0, ABSENT, 0.0], [ABSENT, 1.0, 1.0]]
    slope = HEADS["ovo"].gradient(torch.zeros(3, 3), Y)
    assert slope.tolist() == [[0.5, 0.5, 0.0], [-0.5, 0.0, 0.5], [0.0, -0.5, -0.5]]


@pytest.mark.parametrize("h", [2, 3, 5, 10])
def test_votes_are_counted_as_scikit_learn_counts_them(h, rng):
    from sklearn.utils.multiclass import _ovr_decision_function

    Z = torch.from_numpy(rng.normal(0, 2, (200, h * (h - 1) // 2)))
    # There a pair's positive output speaks for its second class, too; its votes are predictions.
    expected = _ovr_decision_function((Z > 0).numpy(), Z.numpy(), h)
    np.testing.assert_allclose(HEADS["ovo"].scores(Z), expected, atol=1e-12)


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


@heads(*(name for name, head in HEADS.items() if head.hessian))
@every_size
def test_the_hessian_times_a_direction_equals_autograds(head, n, h, rng):
    Z, Y, _ = example(head, n, h, rng)
    D = torch.from_numpy(rng.normal(0, 1, Z.shape))
    _, expected = torch.autograd.functional.hvp(lambda Z: head.loss(Z, Y).sum(), Z, D)
    torch.testing.assert_close(head.hessian_times(Z, Y, D), expected)


def test_the_hessian_of_thousands_of_neurons_is_never_made():
    head, outputs = HEADS["ovo"], 4_950  # as matrices 50 examples' would take 5 GB
    Y = head.encode(torch.arange(50), outputs)
    Z = torch.zeros(50, outputs)
    assert head.hessian_times is not None
    found = head.hessian_times(Z, Y, torch.ones_like(Z))
    assert found.count_nonzero(dim=1).tolist() == [99] * 50
