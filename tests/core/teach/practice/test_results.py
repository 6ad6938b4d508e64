"""The results of a sheet as CSV: what was given, and how it came to that; harmless."""

import csv

from core.teach.practice.results import HEADER, Result, write


def test_each_exercise_is_a_row(tmp_path):
    path = tmp_path / "results.csv"
    results = (
        Result(1, "sigmoid", "0.731", "0,73", True, 2, 41.4),
        Result(2, "softmax", "0.1; 0.2; 0.7", "", False, 0, 0),
    )
    write(path, "=cmd|Ada", 7, results)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEADER
    assert [row["exercise"] for row in rows] == ["1", "2"]
    first = rows[0]
    assert (first["seed"], first["given"], first["right"]) == ("7", "0,73", "yes")
    assert (first["attempts"], first["seconds"]) == ("2", "41")
    assert first["name"] == "'=cmd|Ada"
    assert (rows[1]["right"], rows[1]["given"]) == ("no", "")
