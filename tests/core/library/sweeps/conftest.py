"""Files of sweeps, and what is made of them."""

import pytest

from core.library.sweeps import worker


@pytest.fixture
def written(tmp_path):
    """Return written(text): the path of a sweep's file that holds it."""

    def written(text):
        path = tmp_path / "rates.toml"
        path.write_text(text)
        return path

    return written


@pytest.fixture
def made(monkeypatch):
    """The numbers of the runs that are made in this process."""
    numbers, true = [], worker.make

    def make(job, *more):
        numbers.append(job.number)
        return true(job, *more)

    monkeypatch.setattr(worker, "make", make)
    return numbers
