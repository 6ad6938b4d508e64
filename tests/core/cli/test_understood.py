"""What the terminal says of a table: label, classes, columns not used, rows left out; a dry run."""

import json

import pytest

from core.cli import predict, terminal
from core.cli import train as cli
from core.cli.parser import USAGE
from core.config import RunConfig
from core.data import sources
from core.data.task import prepare

SHIP = "id,age,sex,port,ticket,fate,class\n" + "".join(
    f"{k},{'' if k == 7 else 20 + k * 37 % 50},{('male', 'female')[k % 3 // 2]},"
    f"{('Cork', 'Dover', 'Brest')[k % 3]},t{k},{('lost', 'saved')[k % 5 // 3]},{k % 3 + 1}\n"
    for k in range(60)
)


@pytest.fixture
def understood(train):
    """Return understood(text, *options): what a dry run says in JSON."""

    def understood(text, *options):
        code, out, _ = train(text, "--dry-run", "--json", "-", *options)
        assert code == terminal.DONE
        return json.loads(out)["understood"]

    return understood


def test_label_classes_and_unused_columns_are_said_with_their_reasons(train):
    code, out, _ = train(SHIP, "--label", "fate")
    assert code == terminal.DONE
    assert "label     fate (chosen)" in out
    assert "classes   lost (35), saved (24)" in out
    assert "words     sex (female or male)" in out
    (unused,) = (line for line in out.splitlines() if line.startswith("not used"))
    assert "id (counts the rows)" in unused
    assert "port (words: 3 different ones, as categories on request)" in unused
    assert "ticket (text: 60 different words, at most 20 can be categories)" in unused


def test_the_reason_for_a_label_and_the_other_candidates_are_said(train):
    _, out, _ = train(SHIP.replace("class\n", "group\n").replace("fate", "Survived"), "--dry-run")
    assert "label     Survived (by its name); group, sex, port could be it too" in out


def test_json_holds_all_that_was_understood(understood):
    told = understood(SHIP + "60,30\n61,40,male,Cork,t61,,1\n", "--label", "fate")
    assert (told["label"], told["label_why"]) == ("fate", "chosen")
    assert told["classes"] == {"lost": 35, "saved": 24}
    assert told["features"] == ["age", "sex", "class"]
    assert told["inputs"] == ["age", "sex = male", "class"]
    assert told["categories"] == {"sex": ["female", "male"]}
    assert set(told["not_used"]) == {"id", "port", "ticket"}
    assert [(each["why"], each["lines"]) for each in told["left_out"]] == [
        ("without 7 values", [62]),
        ("without a label", [63]),
        ("with a missing value", [9]),
    ]
    assert (told["separator"], told["decimal"], told["header_line"]) == (",", ".", 1)
    assert told["rows"]["training"] + told["rows"]["test"] == 59


def test_a_run_says_the_same_in_its_json_as_a_dry_run(train, understood):
    _, out, _ = train(SHIP, "--json", "-")
    assert json.loads(out)["understood"] == understood(SHIP)


def test_a_column_of_texts_and_its_words_are_said(train, understood):
    rows = (f"{k},the {('sea', 'moon')[k % 2]} was far away,{'ab'[k % 2]}" for k in range(20))
    text = "\n".join(["number,said,kind", *rows])
    code, out, _ = train(text, "--text", "said", "--weighting", "tfidf", "--max-words", "5")
    assert code == terminal.DONE
    assert "text      said (chosen)" in out
    assert "words     5: tf–idf at length 1, in lower case, in 2 training documents or more" in out
    told = understood(text, "--text", "said")
    assert (told["texts"], told["not_used"]) == ("said", {"number": "counts the rows"})


def test_a_dry_run_trains_nothing_and_keeps_nothing(train, tmp_path):
    code, out, _ = train(SHIP, "--dry-run", "--save", str(tmp_path / "m.safetensors"))
    assert code == terminal.DONE
    assert "steps in" not in out
    assert not (tmp_path / "m.safetensors").exists()


def test_other_data_are_understood_too(capsys):
    assert cli.main(["iris", "--dry-run", "--json", "-"]) == terminal.DONE
    told = json.loads(capsys.readouterr().out)["understood"]
    assert told["classes"] == {"setosa": 50, "versicolor": 50, "virginica": 50}


def test_drawings_of_pens_are_counted_apart_from_the_data(capsys):
    words = ["digits", "--dry-run", "--pens", "--copies", "1", "--json", "-"]
    assert cli.main(words) == terminal.DONE
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["config"]["data"]["pens"] is True
    assert told["understood"]["rows"]["pens"] == 2 * 590
    assert sum(told["understood"]["classes"].values()) == 1797
    assert "4,056 training (1,180 of them drawings of pens) and 359 test rows" in err


def test_measurements_take_no_pens_and_it_is_said(capsys):
    assert cli.main(["iris", "--dry-run", "--pens"]) == USAGE
    assert "Iris takes no drawings of pens" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "inputs"),
    [
        (["--categorical", "none"], ["age", "class"]),
        (
            ["--categorical", "port,class"],
            [
                *("age", "port = Brest", "port = Cork", "port = Dover"),
                *("class = 1", "class = 2", "class = 3"),
            ],
        ),
        (
            ["--features", "port,age"],
            ["age", "port = Brest", "port = Cork", "port = Dover"],
        ),
    ],
)
def test_categories_are_chosen_in_the_terminal(understood, options, inputs):
    assert understood(SHIP, "--label", "fate", *options)["inputs"] == inputs


def test_words_for_missing_values_are_chosen_in_the_terminal(understood):
    options = ("--label", "port", "--na", "Dover,Brest")
    assert understood(SHIP, *options)["classes"] == {"Cork": 20}


def test_a_missing_word_is_a_category_on_request(understood):
    text = SHIP.replace("male,Cork", ",Cork")
    told = understood(text, "--label", "fate", "--missing-category")
    assert told["inputs"][1:4] == ["sex = female", "sex = male", "sex = (missing)"]


def test_spellings_are_said_and_merged_on_request(train, understood):
    text = SHIP.replace("lost,1", "Lost,1")
    _, out, _ = train(text, "--label", "fate", "--dry-run")
    assert "“Lost”, “lost” are 2 classes" in out and "--merge-case" in out
    assert understood(text, "--label", "fate", "--merge-case")["classes"].keys() == {
        "lost",
        "saved",
    }


def test_a_quantity_is_refused_with_the_way_out(train):
    code, out, err = train(SHIP, "--label", "age")
    assert (code, out) == (USAGE, "")
    assert "“age” looks like a quantity, not a class" in err
    assert "--label" in err and "--any-label" in err
    assert err.count("\n") == 1
    assert train(SHIP, "--label", "age", "--any-label", "--dry-run")[0] == terminal.DONE


def test_the_config_of_the_json_reads_the_same_again(train):
    _, out, _ = train(
        SHIP, "--json", "-", "--label", "fate", "--categorical", "port", "--na", "Dover"
    )
    config = RunConfig.from_dict(json.loads(out)["config"])
    task = prepare(sources.load(config.data), config)
    assert task.config == config
    assert task.dataset.feature_names[1] == "port = Cork"


# Asked ----------------------------------------------------------------------------------------


@pytest.fixture
def ask(train, tmp_path, capsys):
    """Return ask(*values): exit code, answer in JSON and complaint of a model with categories."""
    place = str(tmp_path / "m.safetensors")
    train(SHIP, "--label", "fate", "--categorical", "sex,port", "--save", place)

    def ask(values):
        code = predict.main(["--model", place, "--values", values, "--json", "-"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return ask


def test_values_of_categories_are_given_as_words(ask):
    code, by_words, _ = ask("30,female,Cork,2")
    assert code == terminal.DONE
    _, by_numbers, _ = ask("30,0,0,1,0,2")
    assert by_words["probabilities"] == by_numbers["probabilities"]
    assert by_words["probabilities"] != ask("30,male,Cork,2")[1]["probabilities"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("30,female,Rome,2", "port is 'Rome'; one of Brest, Cork, Dover was expected"),
        ("30,female", "needs 4 values: age, sex (female or male), port (Brest or Cork or Dover)"),
        ("x,female,Cork,2", "age is 'x'; a number was expected"),
    ],
)
def test_a_mistake_in_a_word_names_the_column_and_its_words(ask, values, words):
    code, _, err = ask(values)
    assert code == USAGE
    assert words in err
