"""Projects of trainers, and trainers that go on with them."""

import numpy as np

from core.projects import project
from core.projects.project import Project
from core.runs.run_state import state_of, take_up
from core.train.trainer import Trainer


def project_of(trainer, **more):
    return Project(trainer.task, state_of(trainer), **more)


def opened(path, **more):
    """The project, and a trainer that goes on with its run."""
    found = project.load(path, **more)
    trainer = Trainer(found.task)
    assert found.state is not None
    take_up(trainer, found.state)
    return found, trainer


def assert_goes_on(one, other, steps=30):
    for trainer in (one, other):
        for _ in range(steps):
            trainer.step()
    for a, b in zip(one.params().arrays, other.params().arrays, strict=True):
        np.testing.assert_array_equal(a, b)
