"""The page on several processes: its formula gives its table, and it names what there is."""

import re
from pathlib import Path

import pytest

from core.cli.processes.team import SECONDS
from core.train.shares.sums import bounds

PAGE = (Path(__file__).parents[2] / "docs" / "several-processes.md").read_text(encoding="utf-8")


def value(name, of):
    """Return a constant of the page; of : the word before it."""
    part = re.split(rf"\b{of}:", PAGE)[1]
    found = re.search(rf"\b{name} = ([\d.]+[\d])", part)
    assert found
    return float(found[1])


def gain(rows, link, count):
    C, p = value("C", rows), value("p", rows)
    d, B = value("d", link), value("B", link)
    rounds, numbers = 2.4 * d, 4 * p * (count - 1) / B
    return C / (C / count + min(rounds + numbers, 2 * rounds + 2 * numbers / count))


def rows_of(heading):
    """Return the cells of the table with this heading."""
    lines = PAGE.split(heading, 1)[1].splitlines()[2:]
    table = lines[: lines.index("")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_gains_on_paper_follow_from_its_formula():
    columns = [(rows, link) for rows in ("Wide", "Narrow") for link in ("Near", "Far")]
    for count, *gains in rows_of("| K | wide, near | wide, far | narrow, near | narrow, far |"):
        for (rows, link), written in zip(columns, gains, strict=True):
            half = 0.5 * 10.0 ** -len(written.partition(".")[2])
            assert gain(rows, link, int(count)) == pytest.approx(float(written), abs=1.01 * half)


def test_numbers_of_the_gradients_are_those_of_the_models():
    assert value("p", "Wide") == 10 * (100_000 + 1)
    assert value("p", "Narrow") == 10 * (784 + 1)


def test_shares_are_cut_as_it_says():
    assert bounds(7, 3) == tuple((k * 7 // 3, (k + 1) * 7 // 3) for k in range(3))
    assert f"seconds ({SECONDS:g})" in PAGE


SENTENCES = {
    "core/train/shares/group.py": (
        "Another process of the run has ended.",
        "Another process of the run has not answered for",
        "of the run has ended: ",
    ),
    "core/cli/processes/team.py": (
        "The processes of the run do not have the same data or settings;",
    ),
    "core/cli/training.py": ("Training goes on.",),
}


@pytest.mark.parametrize("module", SENTENCES)
def test_its_sentences_are_those_of_the_program(module):
    text = (Path(__file__).parents[2] / module).read_text(encoding="utf-8")
    text = re.sub(r'"\n\s+f?"', "", text)
    for sentence in SENTENCES[module]:
        assert sentence in PAGE and sentence in text
