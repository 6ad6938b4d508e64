"""Full-batch steps per second on Iris, curves included, against the same update in bare torch.

The run is long: each of its first thousand steps is measured, later ones ever more rarely.
"""

from __future__ import annotations

import torch

from benchmarks.timing import Conditions, Result, Target, race
from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.trainer import Trainer

FIGURES = {"iris_steps_vs_bare_torch": Target("at least", 0.8, "the update in bare torch")}
STEPS = 20_000


def measure(conditions: Conditions) -> dict[str, Result]:
    settings = TrainingConfig(batch_size=None, epochs=10**9)
    task = prepare(sources.load(DataConfig("iris")), RunConfig(training=settings))
    trainer = Trainer(task)

    def ours() -> None:
        for _ in range(STEPS):
            trainer.step()

    X = torch.from_numpy(task.standardiser.apply(task.dataset.values(task.train_rows)))
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    Y = torch.nn.functional.one_hot(y).float()
    eta = settings.learning_rate

    W, b = torch.zeros(3, X.shape[1]), torch.zeros(3)

    @torch.no_grad()
    def bare() -> None:
        for _ in range(STEPS):
            dZ = torch.softmax(torch.addmm(b, X, W.mT), dim=1).sub_(Y)
            W.sub_(dZ.mT @ X, alpha=eta / len(X))
            b.sub_(dZ.sum(dim=0), alpha=eta / len(X))

    seconds = race(ours, bare, conditions.choose(4, 1))
    rates = Result(STEPS / seconds.value, STEPS / seconds.reference, "steps/s")
    return {"iris_steps_vs_bare_torch": rates}
