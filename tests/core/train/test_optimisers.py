"""The rules of the update against `torch.optim`, the schedules against its schedulers."""

import math

import pytest
import torch
from torch.optim import lr_scheduler

from core.train.optimisers import RULES, Moment, scheduled

ETA, MU, STEPS = 0.05, 0.9, 40

THEIRS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=ETA),
    "momentum": lambda p: torch.optim.SGD(p, lr=ETA, momentum=MU),
    "nesterov": lambda p: torch.optim.SGD(p, lr=ETA, momentum=MU, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=ETA),
    "adam": lambda p: torch.optim.Adam(p, lr=ETA),
}


def gradient_at(theta):
    """The gradient of a crooked bowl."""
    return 3 * (theta - 1) + torch.sin(5 * theta)


def test_every_rule_has_an_oracle():
    assert set(THEIRS) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_goes_the_way_of_pytorch(name):
    rule = RULES[name]
    theta = torch.linspace(-2, 2, 6, dtype=torch.float64).view(2, 3)
    other = theta.clone().requires_grad_()
    theirs = THEIRS[name]([other])
    moments = tuple(torch.zeros_like(theta) for _ in range(rule.moments))
    for t in range(1, STEPS + 1):
        rule.update(theta, gradient_at(theta), moments, Moment(ETA, MU, t))
        other.grad = gradient_at(other.detach())
        theirs.step()
        torch.testing.assert_close(theta, other.detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_a_steady_rule_does_not_look_at_the_count(name):
    rule, found = RULES[name], []
    for t in (1, 50):
        theta = torch.ones(3)
        moments = tuple(torch.full((3,), 0.5) for _ in range(rule.moments))
        rule.update(theta, torch.tensor([1.0, -2.0, 3.0]), moments, Moment(ETA, MU, t))
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
