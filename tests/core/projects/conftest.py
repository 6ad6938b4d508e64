import tempfile
from pathlib import Path

import pytest

from core.projects import project
from tests.core.kept_runs import record_of
from tests.core.projects.kept import project_of
from tests.core.training import trained


@pytest.fixture
def path(tmp_path):
    return tmp_path / "p.logitlab"


@pytest.fixture(scope="session")
def valid(iris, make_task):
    """The bytes of a small project that is in order."""
    one = trained(make_task(iris, optimiser="adam"), 10)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p"
        project.save(project_of(one, records=(record_of(one),)), path)
        return path.read_bytes()
