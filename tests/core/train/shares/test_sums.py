"""A batch cut into shares: sums in a fixed order, of any size, with the numbers of the whole."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.config import DataConfig, ModelConfig
from core.data import sources
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from core.runs.run_state import state_of, take_up
from core.train.shares.sums import GradientSum, OneProcess, bounds
from core.train.trainer import Trainer
from tests.core.texts import both_tasks
from tests.core.training import train, trained

FIRST_ORDER = [name for name, rule in OPTIMISERS.items() if not rule.is_second_order]


@given(st.integers(0, 10_000), st.integers(1, 70))
def test_shares_are_consecutive_and_even_to_one_row(n, count):
    limits = bounds(n, count)
    sizes = [end - first for first, end in limits]
    assert len(limits) == count and limits[0][0] == 0 and limits[-1][1] == n
    assert all(before[1] == after[0] for before, after in pairwise(limits))
    assert max(sizes) - min(sizes) <= 1


def added(*values):
    """Return the sum of one number of each share."""
    found = OneProcess(len(values)).sum_of(1, torch.empty(0))
    for place, value in enumerate(values):
        found.room(place).fill_(value)
        found.put(place)
    return found.total().item()


def test_sums_are_added_one_after_the_other():
    """1 is lost beside 2²⁴ in float32, so that the order decides."""
    assert added(1.0, 2.0**24, 1.0) == 2.0**24
    assert added(1.0, 1.0, 2.0**24) == 2.0**24 + 2


def test_gradients_keep_their_place_in_memory():
    by_column = torch.zeros(5, 3).mT
    gradients = (by_column, torch.zeros(3))
    both = GradientSum(OneProcess(2), gradients)
    values = torch.arange(15.0).view(3, 5), torch.tensor([1.0, 2.0, 3.0])
    for place in range(2):
        for g, value in zip(gradients, values, strict=True):
            g.copy_(value)
        both.put(place, is_empty=False)
    both.add_up()
    for g, value in zip(gradients, values, strict=True):
        assert torch.equal(g, 2 * value)
    assert by_column.mT.is_contiguous()


def furthest(found, expected):
    """Return the largest difference of any weight, in units of the largest weight."""
    pairs = list(zip(found.arrays, expected.arrays, strict=True))
    largest = max(np.abs(theirs).max() for _, theirs in pairs)
    return max(np.abs(ours - theirs).max() for ours, theirs in pairs) / largest


@pytest.mark.parametrize("shares", [2, 3, 8])
def test_an_update_of_sgd_is_that_of_the_whole_batch(shares, iris, make_task):
    settings = {"batch_size": 32, "weight_decay": 0.1}
    whole = trained(make_task(iris, **settings), 1).params()
    assert furthest(trained(make_task(iris, shares=shares, **settings), 1).params(), whole) < 1.2e-7


@pytest.mark.parametrize("optimiser", FIRST_ORDER)
@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 7, "weight_decay": 0.1, "class_weight": "balanced"},  # the last batch: 1 row
        {"batch_size": 2, "l1": 0.01},  # fewer rows than shares
        {"batch_size": None, "schedule": "cosine", "model": {"hidden": 4}},
    ],
    ids=("uneven", "empty", "full"),
)
def test_a_run_is_that_of_whole_batches_but_for_rounding(optimiser, settings, iris, make_task):
    settings = {"optimiser": optimiser, "learning_rate": 0.02, "epochs": 2, **settings}
    whole, cut = (train(make_task(iris, shares=k, **settings)) for k in (1, 3))
    assert cut.step_count == whole.step_count
    assert furthest(cut.params(), whole.params()) < 2e-6


@pytest.mark.parametrize("kind", FAMILY)
def test_every_model_trains_in_shares(kind, digits, make_task):
    model = {"kind": kind}
    if FAMILY[kind].is_neuron:
        model |= {"positive": "1", "negative": "7"}
    whole, cut = (
        trained(make_task(digits, model=model, shares=k, learning_rate=0.01), 9) for k in (1, 4)
    )
    assert furthest(cut.params(), whole.params()) < 2e-6


@pytest.mark.parametrize("model", [ModelConfig(), ModelConfig(hidden=4)])
def test_documents_are_summed_as_tables_are(model):
    genres = sources.load(DataConfig("genres"))
    sparse, dense = both_tasks(genres, model, batch_size=50, shares=3)
    assert furthest(trained(sparse, 6).params(), trained(dense, 6).params()) < 2e-5


def test_large_shares_go_slice_by_slice(mnist_folder, make_task):
    mnist = sources.load(DataConfig("mnist", folder=str(mnist_folder)))
    whole, cut = (trained(make_task(mnist, batch_size=6_000, shares=k), 2) for k in (1, 3))
    assert furthest(cut.params(), whole.params()) < 1e-6


def test_a_share_of_one_is_the_plain_run(iris, make_task):
    one, other = (trained(make_task(iris, **kw), 20).params() for kw in ({}, {"shares": 1}))
    assert np.array_equal(one.W, other.W)


def test_variations_and_the_best_epoch_do_not_depend_on_shares(digits, make_task):
    """Augmentation, the split, shuffles and the initial weights have seeds of their own."""
    data = {"copies": 1, "validation_fraction": 0.2}
    settings = {"patience": 2, "learning_rate": 3.0, "epochs": 12, "model": {"init": "random"}}
    whole, cut = (train(make_task(digits, data=data, shares=k, **settings)) for k in (1, 4))
    assert np.array_equal(whole.task.dataset.X, cut.task.dataset.X)
    assert np.array_equal(whole.next_rows(), cut.next_rows())
    assert cut.stopping.best.is_known and cut.stopping.best.epoch == whole.stopping.best.epoch
    assert cut.message == whole.message


def test_a_run_in_shares_is_replayed_and_taken_up_to_the_bit(iris, make_task):
    task = make_task(iris, shares=3, optimiser="adam", epochs=9)
    whole, first = trained(task, 30), trained(task, 17)
    second = Trainer(task)
    take_up(second, state_of(first))
    for _ in range(13):
        second.step()
    first.timeline.go_to(5)
    for each, steps in ((second, 30), (first, 5)):
        expected = whole if steps == 30 else trained(task, 5)
        assert np.array_equal(each.params().W, expected.params().W)


@pytest.mark.parametrize("name", [name for name in OPTIMISERS if name not in FIRST_ORDER])
@pytest.mark.parametrize("kind", ["softmax", "ovo"])
def test_methods_of_all_rows_sum_gradients_hessians_and_losses(name, kind, iris, make_task):
    settings = {"optimiser": name, "learning_rate": 1.0, "weight_decay": 0.1, "epochs": 6}
    whole, cut = (
        train(make_task(iris, model={"kind": kind}, shares=k, **settings)) for k in (1, 7)
    )
    assert cut.step_count == whole.step_count
    assert furthest(cut.params(), whole.params()) < 2e-6
