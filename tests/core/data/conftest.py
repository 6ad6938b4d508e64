"""What tests of tables share: a file of this content, read or refused."""

import random
import re

import pytest

from core.config import CsvOptions, DataConfig
from core.data.csv import reader
from core.data.from_table import dataset_of_table
from core.errors import DataError
from tests.core.data import columns


@pytest.fixture
def read(tmp_path):
    """Return read(text or bytes, …): the table in a file with this content."""

    def read(content, name="t.csv", **known):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return reader.read(path, CsvOptions(**known))

    return read


@pytest.fixture
def refusal(read):
    """Return refusal(content): the words with which it is refused."""

    def refusal(content, name="t.csv", **known):
        with pytest.raises(DataError) as caught:
            read(content, name, **known)
        return str(caught.value)

    return refusal


@pytest.fixture(name="cells")
def _cells():
    """Return cells(table, name)."""
    return columns.cells


@pytest.fixture
def read_or_refuse(read):
    """Return a function that reads a file as data, or takes a refusal of one line."""

    def read_or_refuse(content, name="t.csv"):
        refusal = ""
        try:
            table = read(content, name)
            data = dataset_of_table(table, DataConfig(source="csv", path=name))
        except DataError as error:
            refusal = str(error)
        else:
            assert all(len(column.values) == table.n for column in table.columns)
            assert len(data.X) == len(data.y) <= table.n
        assert re.fullmatch(r"[^\n]*", refusal)

    return read_or_refuse


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
