"""Training in tests: to the end of a run, or for a number of steps."""

import math

from core.model_family import FAMILY
from core.train.trainer import Trainer

DESCENDED = tuple(name for name, kind in FAMILY.items() if not kind.is_counted)


def go(trainer, steps=math.inf):
    while trainer.outcome is None and steps > 0:
        trainer.step()
        steps -= 1


def train(task, steps=math.inf):
    """Return a trainer after training to the end of the run, for `steps` steps at most."""
    trainer = Trainer(task)
    go(trainer, steps)
    return trainer


def trained(task, steps):
    """Return a trainer after exactly `steps` steps, even past the end of the run."""
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer
