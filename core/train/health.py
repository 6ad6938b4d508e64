"""When a run has diverged, and which of its points are worth returning to.

A run is judged by one cost: its loss, or, for a kind whose loss has a margin, such as a
perceptron's, its share of mistakes. The slope of such a loss is the same however far an example is
on the wrong side: a larger rate only gives larger weights and a larger loss; behind a hidden layer
it is not, for each layer's slope grows with the weights of the other. By mistakes, too, is judged
a kind that is counted: it does not descend its loss, and is as sure of its mistakes as its features
are many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.data.task import Task
from core.model_family import FAMILY, guessing
from core.train.history import History
from core.train.snapshot import Metrics

DIVERGED_FACTOR = 40  # a mean loss this many times the level is far beyond any useful oscillation
BETTER = 0.99  # of the cost of guessing: a model that costs more has learnt nothing
LOST = 0.1  # tolerated loss of a trial, as a share of the run's gain on guessing


@dataclass(frozen=True)
class Health:
    """Judges the runs of one task.

    guess : the cost of a model that ignores the inputs; guess_mistakes : its share of mistakes.
    """

    guess: float
    guess_mistakes: float
    is_by_mistakes: bool

    @classmethod
    def of(cls, task: Task) -> Health:
        h = max(task.dataset.h, 2)
        kind, mistakes = FAMILY[task.config.model.kind], 1 - 1 / h
        known = guessing(kind.name, h)
        has_even_slope = kind.margin is not None and not task.config.model.hidden
        if known is None or has_even_slope or kind.is_counted:
            return cls(mistakes, mistakes, is_by_mistakes=True)
        return cls(known[0], mistakes, is_by_mistakes=False)

    def cost(self, metrics: Metrics) -> float:
        return 1 - metrics.train_accuracy if self.is_by_mistakes else metrics.train_loss

    def least(self, history: History) -> float:
        """Return the least cost in the history."""
        return 1 - history.greatest_accuracy if self.is_by_mistakes else history.least_loss

    def level(self, metrics: Metrics) -> float:
        """Return the reference cost for divergence: the greater of the start's and of guessing."""
        return max(self.cost(metrics), self.guess)

    def has_diverged(self, loss: float, level: float) -> bool:
        return not math.isfinite(loss) or (
            not self.is_by_mistakes and loss > DIVERGED_FACTOR * level
        )

    def is_healthy(self, cost: float, least: float) -> bool:
        """Return whether a point keeps at least half of what the best one gained on guessing.

        While no point was better than guessing, it must not be worse: the start may be worse
        (ADALINE's at zero is), and weights a little better than it may be quite wrong.
        """
        return cost <= (self.guess + min(least, cost)) / 2

    def has_learnt(self, cost: float) -> bool:
        """Return whether the model is better than guessing."""
        return cost < BETTER * self.guess

    def keeps(self, before: float, after: float) -> bool:
        """Return whether a trial that went from one cost to another has learnt and lost little."""
        return self.has_learnt(after) and after <= before + LOST * max(self.guess - before, 0)

    def learns(self, before: float, after: float) -> bool:
        """Return whether a trial has gained; from a low cost, it is enough not to lose much."""
        if before < self.guess / 2:
            return self.keeps(before, after)
        return after < min(before, self.guess) - (1 - BETTER) * self.guess
