"""A CSV file is trained on in the terminal."""

import json

import pytest

from core.cli import terminal
from core.cli.parser import USAGE
from core.config import CsvOptions, RunConfig
from core.data import sources
from core.data.task import prepare

BLOBS = "id;x;z;city;kind\n" + "".join(
    f"{k};{3 * (k % 2) + k % 5 / 10:.1f};{k % 7};u;{'ab'[k % 2]}\n".replace(".", ",")
    for k in range(60)
)


def test_a_csv_file_trains_in_the_terminal_and_says_how_it_was_read(train):
    code, out, _ = train(BLOBS)
    assert code == terminal.DONE
    assert "t.csv: 48 training and 12 test rows; inputs x, z; standardised" in out
    assert "UTF-8, semicolons, decimal commas, header in line 1" in out


def test_label_features_and_missing_can_be_chosen_in_the_terminal(train):
    code, out, _ = train(
        BLOBS + "60;?;1;u;a\n", "--label", "kind", "--features", "x", "--missing", "fill"
    )
    assert code == terminal.DONE
    assert "inputs x;" in out
    assert "filled 1 missing number with the feature's mean (x 1)" in out


def test_the_json_of_a_csv_run_holds_all_that_reads_the_file_again(train):
    _, out, _ = train(BLOBS, "--json", "-", "--separator", "semicolon", "--header")
    config = RunConfig.from_dict(json.loads(out)["config"])
    assert config.data.source == "csv"
    assert config.data.reading == CsvOptions(separator=";", has_header=True)
    assert prepare(sources.load(config.data), config).config == config


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--features", "city"], "t.csv: column “city” cannot be a feature (constant: always “u”)"),
        (["--label", "x"], "t.csv: Column “x” holds numbers with fractions"),
        (["--label", "no such"], "There is no column “no such” in t.csv"),
        (["--separator", "tab"], "t.csv has no column beside the label"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_about_a_csv_file_is_one_line_and_exit_code_2(train, options, words):
    code, out, err = train(BLOBS, *options)
    assert (code, out) == (USAGE, "")
    assert words in err
    assert err.count("\n") == 1
