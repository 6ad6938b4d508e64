"""Tables of a few rows, written by the tests."""

import random

import pytest

from core.config import CsvOptions
from core.data.csv import reader


@pytest.fixture
def read(tmp_path):
    """Return read(text or bytes, …): the table in a file with this content."""

    def read(content, name="t.csv", **known):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return reader.read(path, CsvOptions(**known))

    return read


@pytest.fixture(scope="session")
def blobs():
    """Sixty rows of two numbers and one of three words, in any order."""
    chance = random.Random(3)
    rows = [
        (f"{chance.gauss(3 * k, 1):.2f}", f"{chance.gauss(-k, 1):.2f}", ("ash", "elm", "oak")[k])
        for k in range(3)
        for _ in range(20)
    ]
    chance.shuffle(rows)
    return rows


@pytest.fixture(scope="session")
def text_of():
    """Return text_of(rows, header): the rows as CSV."""

    def text_of(rows, header=None):
        lines = ([header] if header else []) + [",".join(map(str, row)) for row in rows]
        return "\n".join(lines) + "\n"

    return text_of
