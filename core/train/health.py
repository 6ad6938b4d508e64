"""When a run has diverged, and which of its points are worth a return.

It is judged by one cost: the loss, but for one with a margin, as a perceptron's. That slopes alike
however far an example is on the wrong side: a larger rate gives larger weights and a larger loss,
no more; so it is judged by its share of mistakes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.data.task import Task
from core.model_family import FAMILY, guessing
from core.train.history import History
from core.train.snapshot import Metrics

DIVERGED_FACTOR = 40  # a mean loss this many times the level is far beyond any useful zigzag
BETTER = 0.99  # of the cost of guessing: who costs more has learnt nothing
LOST = 0.1  # of what a run is better than guessing; it may cost as much to go on from there


@dataclass(frozen=True)
class Health:
    """The judge of one task's runs.

    guess : the cost of who knows nothing of an example; guess_mistakes : the share that he has
        wrong.
    """

    guess: float
    guess_mistakes: float
    is_by_mistakes: bool

    @classmethod
    def of(cls, task: Task) -> Health:
        h = max(task.dataset.h, 2)
        kind, mistakes = FAMILY[task.config.model.kind], 1 - 1 / h
        known = guessing(kind.name, h)
        if known is None or kind.margin is not None:
            return cls(mistakes, mistakes, is_by_mistakes=True)
        return cls(known[0], mistakes, is_by_mistakes=False)

    def cost(self, metrics: Metrics) -> float:
        return 1 - metrics.train_accuracy if self.is_by_mistakes else metrics.train_loss

    def least(self, history: History) -> float:
        """Return the least cost on record."""
        return 1 - history.greatest_accuracy if self.is_by_mistakes else history.least_loss

    def level(self, metrics: Metrics) -> float:
        """Return the cost that a run from there is measured by: of the start, or of guessing."""
        return max(self.cost(metrics), self.guess)

    def has_diverged(self, loss: float, level: float) -> bool:
        return not math.isfinite(loss) or (
            not self.is_by_mistakes and loss > DIVERGED_FACTOR * level
        )

    def is_healthy(self, cost: float, least: float) -> bool:
        """Return whether a point keeps at least half of what the best one gained on guessing.

        Where nothing was better than guessing yet, it must not be worse: a little below a start
        that is worse than that, ADALINE's at zero for one, lie weights that are all wrong.
        """
        return cost <= (self.guess + min(least, cost)) / 2

    def has_learnt(self, cost: float) -> bool:
        """Return whether the model is better than guessing."""
        return cost < BETTER * self.guess

    def keeps(self, before: float, after: float) -> bool:
        """Return whether a trial that led from one cost to another has lost little, if anything."""
        return self.has_learnt(after) and after <= before + LOST * max(self.guess - before, 0)

    def learns(self, before: float, after: float) -> bool:
        """Return whether it has gained; from where much is known, not to lose is enough."""
        if before < self.guess / 2:
            return self.keeps(before, after)
        return after < min(before, self.guess) - (1 - BETTER) * self.guess
