"""The rules of the update against `torch.optim`, the schedules against its schedulers."""

import math
from pathlib import Path

import pytest
import torch
from torch.optim import lr_scheduler

from core.optimiser_family import OPTIMISERS
from core.train.optimisers import RULES, StepParams, scheduled
from core.train.second_order import METHODS
from tests.core.train.torch_optimisers import THEIRS

ETA, MU, STEPS = 0.05, 0.9, 40


def gradient_at(theta):
    """The gradient of a crooked bowl."""
    return 3 * (theta - 1) + torch.sin(5 * theta)


def test_every_rule_has_an_oracle():
    assert set(THEIRS) == set(RULES)


def test_each_row_of_the_family_has_a_rule_or_a_method_of_second_order():
    assert {n for n, row in OPTIMISERS.items() if not row.is_second_order} == set(RULES)
    assert {n for n, row in OPTIMISERS.items() if row.is_second_order} == set(METHODS)
    assert all(METHODS[n].needs_hessian == OPTIMISERS[n].needs_hessian for n in METHODS)


def test_the_readme_lists_all_optimisers():
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    assert ", ".join(row.title for row in OPTIMISERS.values()) in " ".join(readme.split())


@pytest.mark.parametrize("name", RULES)
def test_a_rule_goes_the_way_of_pytorch(name):
    rule = RULES[name]
    theta = torch.linspace(-2, 2, 6, dtype=torch.float64).view(2, 3)
    other = theta.clone().requires_grad_()
    theirs = THEIRS[name]([{"params": [other], "weight_decay": 0.0}], ETA, MU)
    moments = tuple(torch.zeros_like(theta) for _ in range(rule.moments))
    for t in range(1, STEPS + 1):
        rule.update(theta, gradient_at(theta), moments, StepParams(ETA, MU, t))
        other.grad = gradient_at(other.detach())
        theirs.step()
        torch.testing.assert_close(theta, other.detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_a_steady_rule_does_not_look_at_the_count(name):
    rule, found = RULES[name], []
    for t in (1, 50):
        theta = torch.ones(3)
        moments = tuple(torch.full((3,), 0.5) for _ in range(rule.moments))
        rule.update(theta, torch.tensor([1.0, -2.0, 3.0]), moments, StepParams(ETA, MU, t))
        found.append(theta)
    assert torch.equal(*found) == rule.is_steady


EPOCHS = 40
SCHEDULERS = {
    "constant": lambda o: lr_scheduler.ConstantLR(o, factor=1.0),
    "step": lambda o: lr_scheduler.StepLR(o, step_size=EPOCHS // 4, gamma=0.5),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=EPOCHS),
    "1/t": lambda o: lr_scheduler.LambdaLR(o, lambda e: 1 / (1 + e / (EPOCHS / 10))),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_schedule_goes_the_way_of_pytorch(name):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=ETA)
    scheduler = SCHEDULERS[name](optimiser)
    for epoch in range(EPOCHS):
        assert scheduled(name, ETA, epoch, EPOCHS) == pytest.approx(scheduler.get_last_lr()[0])
        optimiser.step()
        scheduler.step()


@pytest.mark.parametrize("name", SCHEDULERS)
def test_after_the_planned_epochs_the_rate_stays_and_is_never_nothing(name):
    last = scheduled(name, ETA, EPOCHS - 1, EPOCHS)
    assert scheduled(name, ETA, 10 * EPOCHS, EPOCHS) == last > 0
    assert math.isfinite(scheduled(name, ETA, 0, 1))
