"""`predict --table`: a whole table with its answers, or a line for each mistake."""

import csv
import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import files
from core.cli import predict, train
from core.data.csv import text_file
from core.data.csv.spreadsheet import restored
from core.data.export import write_csv
from core.runs import model_file
from tests import warm
from tests.core.cli.strict_json import strict
from tests.core.runs.models import KINDS, model_of, trained

ROOT = Path(__file__).parents[3]
MODELS = KINDS | {
    "plain": ("iris", {}, {}),
    "perceptron": ("iris", {}, {"kind": "perceptron", "positive": "setosa"}),
}


@pytest.fixture(scope="module")
def keep(tmp_path_factory, make_task, iris, digits):
    """Return keep(kind): the path of a trained model of this kind, and its trainer."""
    folder, kept = tmp_path_factory.mktemp("models"), {}

    def keep(kind):
        if kind not in kept:
            source, data, model = MODELS[kind]
            task = make_task({"iris": iris, "digits": digits}[source], data, model)
            trainer = trained(task, 40)
            path = folder / f"{kind}.safetensors"
            model_file.save(model_of(trainer), path)
            kept[kind] = path, trainer
        return kept[kind]

    return keep


@pytest.fixture
def run(capsys):
    """Return run(words): exit code, standard output and standard error of the command."""

    def call(*words):
        try:
            code: object = predict.main([str(word) for word in words])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def ask(run, tmp_path):
    """Return ask(model, table, …): rows of the table written, as dictionaries, and stderr."""

    def ask(model, content, *more):
        table, out = tmp_path / "t.csv", tmp_path / "out.csv"
        table.write_bytes(content if isinstance(content, bytes) else content.encode())
        code, said, err = run("--model", model, "--table", table, "--out", out, *more)
        assert code == 0, said + err
        return list(csv.DictReader(io.StringIO(out.read_text("utf-8")))), err

    return ask


IRIS = """species,petal width,note,petal length (cm)
?,0.2,=cmd|x,1.4
?,1.3,plain,4.2
?,,empty,4.9
?,wide,word,4.9
?,1e39,large,5
?,2.3,last,5.4
"""


def test_columns_are_found_by_name_in_any_order_and_all_are_kept(ask, keep):
    rows, err = ask(keep("plain")[0], IRIS)
    assert [row["predicted"] for row in rows] == ["setosa", "versicolor", "", "", "", "virginica"]
    assert [row["note"] for row in rows] == ["'=cmd|x", "plain", "empty", "word", "large", "last"]
    assert list(rows[0]) == [
        *("species", "petal width", "note", "petal length (cm)", "predicted"),
        *("P(setosa)", "P(versicolor)", "P(virginica)"),
    ]
    assert [row["P(setosa)"] for row in rows[2:5]] == ["", "", ""]
    assert err.splitlines()[-3:] == [
        "logitlab: t.csv, line 4: petal width is no number.",
        "logitlab: t.csv, line 5: petal width is “wide”.",
        "logitlab: t.csv, line 6: petal width is no finite number.",
    ]


@pytest.fixture
def of_words(tmp_path):
    """The path of a model whose inputs are a number and two columns of words."""
    table, path = tmp_path / "people.csv", tmp_path / "people.safetensors"
    ports = ("Cork", "Dover", "Sligo")
    lines = [
        f"{20 + 7 * k % 41},{('male', 'female')[k % 2]},{ports[k % 3]},{'ab'[k % 2 ^ (k % 3 == 0)]}"
        for k in range(48)
    ]
    table.write_text("age,sex,port,class\n" + "\n".join(lines) + "\n", "utf-8")
    words = "--categorical", "all", "--epochs", "20", "--save", str(path)
    assert train.main([str(table), "--label", "class", *words]) == 0
    return path


def test_words_of_a_table_are_asked_about_as_words(ask, run, of_words):
    people = [("female", "31", "Dover"), ("male", "44", "Sligo"), ("male", "20", "Cork")]
    rows, _ = ask(of_words, "sex,age,port\n" + "".join(",".join(row) + "\n" for row in people))
    for row, (sex, age, port) in zip(rows, people, strict=True):
        code, said, _ = run("--model", of_words, "--values", f"{age},{sex},{port}", "--json", "-")
        assert code == 0
        alone = strict(said)
        assert row["predicted"] == alone["winner"]
        for name, share in alone["probabilities"].items():
            assert np.float32(row[f"P({name})"]) == np.float32(share)


def test_a_word_that_the_model_does_not_know_is_named_and_left_empty(ask, of_words):
    rows, err = ask(of_words, "sex,age,port\nmale,40,Cork\nmale,41,Paris\n,42,Cork\n")
    assert rows[0]["predicted"] and not rows[1]["predicted"] and not rows[2]["predicted"]
    assert "line 3: port is “Paris”, which the model does not know." in err
    assert "line 4: sex is no word." in err


@pytest.mark.parametrize(
    "kind", [kind for kind, (source, *_) in MODELS.items() if source == "iris"]
)
def test_every_answer_is_that_of_values_to_the_bit(kind, ask, run, keep, iris, tmp_path):
    path, trainer = keep(kind)
    names = trainer.task.dataset.feature_names
    X = iris.with_features(names).X[::7]
    text = ",".join(names) + "\n" + "".join(",".join(map(str, x)) + "\n" for x in X.tolist())
    rows, _ = ask(path, text)
    for x, row in zip(X, rows, strict=True):
        values = ",".join(map(str, x.tolist()))
        _, out, _ = run("--model", path, "--values", values, "--json", "-")
        told = strict(out)
        assert row["predicted"] == told["winner"]
        for name, share in (told["probabilities"] or {}).items():
            assert np.float32(row[f"P({name})"]) == np.float32(share)


def test_an_answer_does_not_depend_on_how_many_rows_are_asked(ask, keep):
    path, _ = keep("some pixels")
    rng = np.random.default_rng(1)
    lines = [",".join(map(str, x)) for x in rng.integers(0, 17, (700, 3)).tolist()]
    rows, _ = ask(path, _table(path, lines))
    for k in (0, 1, 255, 256, 511, 699):
        alone, _ = ask(path, _table(path, [lines[k]]))
        assert alone[0] == rows[k]


def _table(path, lines):
    names = model_file.load(path).feature_names
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(names)
    return head.getvalue() + "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", ["pictures", "upright pictures"])
def test_pictures_take_pixel_columns_as_training_does(kind, keep, run, tmp_path, digits):
    path, trainer = keep(kind)
    table, out = tmp_path / "d.csv", tmp_path / "o.csv"
    lines = [
        ",".join([*map(str, x), str(y)])
        for x, y in zip(digits.X[:300].tolist(), digits.y[:300].tolist(), strict=True)
    ]
    table.write_text("\n".join(lines) + "\n")  # no header, the label last
    assert run("--model", path, "--table", table, "--out", out)[0] == 0
    task = trainer.task
    source = digits.upright if task.config.data.deskew else digits
    expected = model_file.load(path).answers(source.values(slice(0, 300)))[0]
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["predicted"] for row in rows] == [task.dataset.class_names[k] for k in expected]


def test_an_export_of_pictures_is_read_by_its_names(keep, run, tmp_path):
    path, trainer = keep("pictures")
    table, out = tmp_path / "export.csv", tmp_path / "o.csv"
    write_csv(trainer.task, table)
    assert run("--model", path, "--table", table, "--out", out)[0] == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    right = np.mean([row["predicted"] == row["class"] for row in rows])
    assert len(rows) == 1797 and right == pytest.approx(_accuracy(trainer), abs=1e-9)


def _accuracy(trainer):
    dataset = trainer.task.dataset
    decided, _ = model_of(trainer).answers(dataset.values())
    return float((decided == dataset.y).mean())


def test_pixels_as_shares_are_the_same_pictures(keep, run, tmp_path, digits):
    path, _ = keep("pictures")
    answers = []
    for X in (digits.X[:50], digits.X[:50] / 16):
        table, out = tmp_path / "d.csv", tmp_path / "o.csv"
        np.savetxt(table, X, delimiter=",", fmt="%.17g")
        assert run("--model", path, "--table", table, "--out", out)[0] == 0
        answers.append([line.split(",")[64:] for line in out.read_text().splitlines()[1:]])
    assert answers[0] == answers[1]


def test_separator_and_decimal_mark_stay_those_of_the_table(run, keep, tmp_path):
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_text("petal length;petal width\n1,4;0,2\n4,9;1,6\n")
    assert run("--model", keep("plain")[0], "--table", table, "--out", out)[0] == 0
    rows = list(csv.reader(io.StringIO(out.read_text()), delimiter=";"))
    assert rows[1][:3] == ["1,4", "0,2", "setosa"]
    assert sum(float(cell.replace(",", ".")) for cell in rows[1][3:]) == pytest.approx(1)


def test_names_of_classes_and_columns_are_harmless_and_free(keep, ask, tmp_path):
    model = replace(model_file.load(keep("plain")[0]), class_names=("=1+1", "a,b", "c"))
    path = tmp_path / "m.safetensors"
    model_file.save(model, path)
    rows, _ = ask(path, "predicted,petal length,petal width\nx,1.4,0.2\nx,4.2,1.3\n")
    assert [restored([row["predicted_"]])[0] for row in rows] == ["=1+1", "a,b"]
    assert [row["predicted_"] for row in rows] == ["'=1+1", "a,b"]
    assert [row["predicted"] for row in rows] == ["x", "x"]


def test_a_missing_column_is_named_and_nothing_is_written(run, keep, tmp_path):
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_text("petal length,width of petals\n1,2\n")
    code, said, err = run("--model", keep("plain")[0], "--table", table, "--out", out)
    assert (code, said) == (2, "") and err.count("\n") == 1 and not out.exists()
    assert "no column “petal width”" in err and "“width of petals”" in err


def test_ragged_lines_keep_their_place_and_are_told(ask, keep):
    text = "petal length,petal width,k\n1.4,0.2,0\n1.4\n4.9,1.6,2,3\n4.9,1.6,3\n"
    rows, err = ask(keep("plain")[0], text)
    assert [row["k"] for row in rows] == ["0", "", "2", "3"]
    assert [bool(row["predicted"]) for row in rows] == [True, False, False, True]
    assert "line 3: 1 value, not 3." in err and "line 4: 4 values, not 3." in err


def test_json_counts_rows_and_classes_and_lists_what_has_no_answer(run, keep, tmp_path):
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_text(IRIS)
    words = ("--model", keep("plain")[0], "--table", table, "--out", out, "--json", "-")
    code, said, _ = run(*words)
    told = strict(said)
    assert code == 0 and (told["rows"], told["answered"], told["unread"]) == (6, 3, 3)
    assert told["classes"] == {"setosa": 1, "versicolor": 1, "virginica": 1}
    assert told["unread_rows"][1] == {"line": 5, "reason": "petal width is “wide”"}


def test_what_is_listed_is_bounded_and_all_is_counted(run, keep, tmp_path):
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_text("petal length,petal width\n1,2\n" + "1,x\n" * 5000)
    words = ("--model", keep("plain")[0], "--table", table, "--out", out)
    code, said, err = run(*words, "--json", tmp_path / "j")
    told = json.loads((tmp_path / "j").read_text())
    assert code == 0 and told["unread"] == 5000 and len(told["unread_rows"]) == 1000
    assert "5,000 rows could not be read" in said and err.count("line ") == 100


def test_a_table_of_which_nothing_can_be_read_fails(run, keep, tmp_path):
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_text("petal length,petal width\n1,x\n2,y\n")
    words = ("--model", keep("plain")[0], "--table", table, "--out", out, "--header")
    assert run(*words)[0] == 1 and out.read_text().endswith("2,y,,,,\n")


def test_standard_input_and_output(keep):
    done = subprocess.run(
        [
            *(*warm.python(), "app.py", "predict", "--model", keep("plain")[0]),
            *("--table", "-", "--out", "-"),
        ],
        cwd=ROOT,
        input="petal length,petal width\n1.4,0.2\nx,1\n",
        capture_output=True,
        text=True,
    )
    header, first, second = done.stdout.splitlines()
    assert done.returncode == 0 and first.startswith("1.4,0.2,setosa,0.") and second == "x,1,,,,"
    assert "standard input, line 3: petal length is “x”." in done.stderr
    assert header.startswith('"petal length","petal width","predicted"')


def test_out_and_json_are_not_both_standard_output(run, keep):
    code, out, err = run(
        *("--model", keep("plain")[0], "--table", "t.csv", "--out", "-", "--json", "-")
    )
    assert (code, out) == (2, "") and "cannot both be standard output" in err


@pytest.mark.parametrize("words", [("--table", "t.csv"), ("--out", "t.csv", "--values", "1,2")])
def test_table_and_out_go_together(words, run, keep):
    code, out, err = run("--model", keep("plain")[0], *words)
    assert (code, out) == (2, "") and "--table and --out go together" in err


def test_the_old_file_stays_until_the_new_one_is_whole(run, keep, tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 4096)
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_bytes(b"petal length,petal width\n" + b"1,2\n" * 5000 + b"1,\x00\n")
    out.write_text("old")
    code, _, err = run("--model", keep("plain")[0], "--table", table, "--out", out)
    assert code == 2 and "found a zero byte" in err and out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "t.csv"]


def test_a_table_can_be_replaced_by_itself(run, keep, tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 4096)
    table = tmp_path / "t.csv"
    table.write_text("petal length,petal width\n" + "1.4,0.2\n" * 3000)
    assert run("--model", keep("plain")[0], "--table", table, "--out", table)[0] == 0
    assert table.read_text().count("setosa") == 3001  # with the header's P(setosa)


def test_an_encoding_that_turns_out_late_begins_anew(ask, keep, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 4096)
    text = b"petal length,petal width,k\n" + b"1.4,0.2,a\n" * 3000 + b"1.4,0.2,\xe9\n"
    rows, _ = ask(keep("plain")[0], text)
    assert len(rows) == 3001 and rows[-1]["k"] == "é"


def test_memory_does_not_grow_with_the_table(run, keep, tmp_path, monkeypatch):
    """What is written at once is a block, however long the table is."""
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 8192)
    sizes = []
    true = files.writing

    def watched(path):
        context = true(path)

        class Watched:
            def __enter__(self):
                self.file = context.__enter__()
                return self

            def __exit__(self, *error):
                return context.__exit__(*error)

            def write(self, text):
                sizes.append(len(text))
                return self.file.write(text)

            def seekable(self):
                return True

        return Watched()

    monkeypatch.setattr(files, "writing", watched)
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    for count in (2000, 20_000):
        table.write_text("petal length,petal width\n" + "1.4,0.2\n" * count)
        sizes.clear()
        assert run("--model", keep("plain")[0], "--table", table, "--out", out)[0] == 0
        assert sum(sizes) == len(out.read_text()) and max(sizes) < 12 * 8192
