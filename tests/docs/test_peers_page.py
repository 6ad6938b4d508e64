"""The page that compares with others: it has each figure of the benchmark, and divides aright."""

from pathlib import Path

import pytest

from benchmarks import peers

PAGE = (Path(__file__).parents[2] / "docs" / "peers.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| `")
]


def test_it_has_each_figure_of_the_benchmark():
    assert [name for name, *_ in ROWS] == [
        *(f"{data}_vs_{peer}" for data in peers.SETS for peer in peers.PEERS),
        "mnist_epoch_vs_dataloader",
    ]
    assert {name for name, *_ in ROWS} == set(peers.FIGURES)


@pytest.mark.parametrize(("ours", "theirs", "ratio"), [row[1:] for row in ROWS])
def test_the_last_column_is_ours_by_theirs(ours, theirs, ratio):
    assert float(ours) / float(theirs) == pytest.approx(float(ratio), rel=0.07)
