"""Words on the command line: what they mean, and what is said where they mean nothing."""

from __future__ import annotations

import pytest

import app
from core import VERSION
from core.cli.options import add_run_options, config_from
from core.cli.parser import Parser
from core.config import RunConfig
from core.errors import ConfigError


def parsed(*words: str) -> RunConfig:
    parser = Parser(prog="logitlab train")
    add_run_options(parser)
    return config_from(parser.parse_args(words))


def complaint(capsys, *words: str) -> str:
    """What is said of words that cannot be read, without the program's name."""
    with pytest.raises(SystemExit) as end:
        parsed(*words)
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return str(line).removeprefix("logitlab train: ").removesuffix(" See --help.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lr", "0.1", "iris"), "there is no option --lr; perhaps --learning-rate is meant."),
        (("iris", "--lr=0.1"), "there is no option --lr; perhaps --learning-rate is meant."),
        (("--epoch", "3"), "there is no option --epoch; perhaps --epochs is meant."),
        (("--batch_size", "3"), "there is no option --batch_size; perhaps --batch-size is meant."),
        (("--optimizer=adam",), "there is no option --optimizer; perhaps --optimiser is meant."),
        (("--no-headers",), "there is no option --no-headers; perhaps --no-header is meant."),
        (("-e", "5", "iris"), "there is no option -e."),
        (("--zzz", "iris"), "there is no option --zzz."),
        (("iris", "digits"), "“digits” is one word too many."),
        (("iris", "train"), "“train” has to be the first word."),
        (("predict",), "argument DATA: “predict” has to be the first word."),
        (("--epochs",), "--epochs needs a value."),
        (("--epochs", "--seed", "3"), "--epochs needs a value."),
        (("--label", ""), "the value of --label is empty."),
        (("--features= ",), "the value of --features is empty."),
        (("--learning-rate", "0,1"), "argument --learning-rate/--eta: “0,1” is no number"),
        (("--test-fraction", "20%"), "argument --test-fraction: “20%” is no number"),
        (("--batch-size", "half"), "argument --batch-size: “half” is neither a whole number nor"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_named_and_what_is_meant(capsys, words, said):
    assert complaint(capsys, *words).startswith(said)


WHOLE = ("--epochs", "--batch-size", "--hidden", "--degree", "--copies", "--patience", "--seed")


@pytest.mark.parametrize("option", [*WHOLE, "--split-seed"])
def test_a_whole_number_may_be_written_in_any_way_that_is_one(option):
    for text in ("2", "2e0", "2.0", " 2 ", "0.2e1"):
        options = Parser(prog="x")
        add_run_options(options)
        assert getattr(options.parse_args([option, text]), option[2:].replace("-", "_")) == 2
    assert parsed("--epochs", "1e3") == parsed("--epochs", "1_000") == parsed("--epochs=1000")


@pytest.mark.parametrize("option", [*WHOLE, "--split-seed"])
@pytest.mark.parametrize("text", ["ten", "2.5", "1e-3", "nan", "inf", "1,000", "1e999999999"])
def test_what_is_no_whole_number_is_said_to_be_none(capsys, option, text):
    said = complaint(capsys, option, text)
    assert said.startswith(f"argument {option}: “{text}” is n") and "whole number" in said


@pytest.mark.parametrize("option", ["--label", "--positive", "--features", "--data-dir"])
def test_a_value_may_begin_with_a_dash(option):
    parser = Parser(prog="x")
    add_run_options(parser)
    options = parser.parse_args([option, "-x,1", "iris"])
    assert getattr(options, option[2:].replace("-", "_")) == "-x,1"
    assert options.data == "iris"


def test_a_negative_value_in_powers_of_ten_is_refused_for_what_it_is():
    with pytest.raises(ConfigError, match=r"learning_rate is -0\.001"):
        parsed("--learning-rate", "-1e-3")


def test_a_seed_that_cannot_be_is_named_as_it_was_given():
    with pytest.raises(ConfigError, match=r"^seed is -1"):
        parsed("--seed", "-1")


@pytest.mark.parametrize("words", [(), ("train",), ("predict",)])
def test_the_version_is_told_whatever_the_first_word(capsys, words):
    assert app.main([*words, "--version"]) == 0
    assert capsys.readouterr().out == f"Logit Lab {VERSION}\n"
