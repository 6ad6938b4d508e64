"""Training in a test: to the end of a run, or for so many steps."""

import math

from core.train.trainer import Trainer


def go(trainer, steps=math.inf):
    while trainer.outcome is None and steps > 0:
        trainer.step()
        steps -= 1


def train(task, steps=math.inf):
    """Return a trainer that has trained to the end or for so many steps."""
    trainer = Trainer(task)
    go(trainer, steps)
    return trainer


def trained(task, steps):
    """Return a trainer that has made so many steps, some perhaps past the end of the run."""
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer
