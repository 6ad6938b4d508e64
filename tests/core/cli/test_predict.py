"""`predict` in the terminal: what it prints, what machines read, and a line for each mistake."""

import json
import math

import numpy as np
import pytest
from PIL import Image

from core.cli import predict
from core.cli import train as cli
from core.cli.answer import answer_lines
from core.errors import DataError
from core.explain import probe
from core.explain.prediction import FAIRLY_SURE, Answer, entropy
from core.runs import model_file
from core.runs.model import Model
from core.train.trainer import Trainer
from tests.core.cli.calling import caller
from tests.core.cli.strict_json import strict
from tests.core.data.pictures.pages import file_of, gradient, page
from tests.core.hands import written


def kept(folder, task, name, steps=400):
    """Train, save, and return the path of the model and the trainer."""
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    path = folder / f"{name}.safetensors"
    model = Model.of(task, trainer.params(), trainer.step_count, trainer.epoch, trainer.measure())
    model_file.save(model, path)
    return path, trainer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def iris_model(folder, iris, make_task):
    return kept(folder, make_task(iris), "iris")


@pytest.fixture(scope="module")
def digits_model(folder, digits, make_task):
    task = make_task(digits, data={"source": "digits"}, learning_rate=0.5)
    return kept(folder, task, "digits", 3000)


@pytest.fixture
def run(capsys):
    return caller(predict.main, capsys)


@pytest.fixture
def refused(run):
    """Return refused(words): the one line of a refusal."""

    def call(*words):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert err.startswith("logitlab") and err.endswith("\n") and err.count("\n") == 1
        return err

    return call


@pytest.fixture
def drawing(tmp_path):
    """Return drawing(value): a file that holds it as JSON."""

    def write(value):
        path = tmp_path / "drawing.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return write


def zero():
    return [stroke.tolist() for stroke in written(0)]


# Answers --------------------------------------------------------------------------------------


def test_there_is_a_line_for_each_class_the_best_first(run, iris_model):
    code, out, err = run("--model", iris_model[0], "--values", "1.4,0.2")
    first, *_, last = out.splitlines()
    assert (code, err) == (0, "") and len(out.splitlines()) == 4
    assert first.startswith("  setosa") and " %  " in first and first.endswith("█")
    assert last.startswith("Sure: setosa. Entropy 0.") and last.endswith("of at most 1.10 nats.")
    shares = [float(line.split()[1]) for line in out.splitlines()[:-1]]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(100, abs=0.2)


def test_values_are_answered_as_the_trainer_does_to_the_bit(run, iris_model):
    path, trainer = iris_model
    code, out, err = run("--model", path, "--values", "4.9, 1.6", "--json", "-")
    values = np.array([[4.9, 1.6]], dtype=np.float32)
    expected = probe.probabilities(trainer.task, trainer.params(), values)[0]
    told = strict(out)
    assert code == 0 and "Entropy" in err
    assert list(told["probabilities"].values()) == expected.tolist()
    assert list(told["probabilities"]) == ["setosa", "versicolor", "virginica"]
    assert told["winner"] == "versicolor"
    assert told["model"] == str(path) and told["data"] == "Iris" and told["step"] == 400
    assert told["entropy"] == pytest.approx(-(expected * np.log(expected)).sum(), rel=1e-5)


def test_json_in_a_file(run, iris_model, tmp_path):
    code, out, _ = run(
        "--model", iris_model[0], "--values", "-1,0", "--json", tmp_path / "answer.json"
    )
    assert code == 0 and "setosa" in out
    assert strict((tmp_path / "answer.json").read_text())["winner"] == "setosa"


@pytest.mark.parametrize(
    "value", [zero(), {"strokes": zero()}, {"strokes": zero(), "pen_width": 1}]
)
def test_a_drawing_is_read(value, run, digits_model, drawing):
    code, out, _ = run("--model", digits_model[0], "--strokes", drawing(value))
    assert code == 0 and out.startswith("  0 ")


def test_pressure_is_passed_over(run, digits_model, drawing):
    pressed = [[[x, y, 0.5] for x, y in stroke] for stroke in zero()]
    bare = run("--model", digits_model[0], "--strokes", drawing(zero()))
    assert run("--model", digits_model[0], "--strokes", drawing(pressed)) == bare


def test_the_pen_of_a_drawing_counts(run, digits_model, drawing):
    words = ("--model", digits_model[0], "--strokes")
    wide = run(*words, drawing({"strokes": zero(), "pen_width": 1.9}))
    assert wide != run(*words, drawing(zero()))


@pytest.mark.parametrize("invert", [False, True])
def test_a_picture_is_read(invert, run, digits_model, digits, tmp_path):
    path, trainer = digits_model
    row = int(np.flatnonzero(digits.y == 7)[5])
    pixels = digits.X[row].reshape(8, 8) * 15
    Image.fromarray((255 - pixels if invert else pixels).astype(np.uint8)).save(tmp_path / "7.png")
    code, out, _ = run("--model", path, "--image", tmp_path / "7.png", "--json", "-")
    values = (pixels[None].reshape(1, -1) / np.float32(255)).astype(np.float32)
    expected = probe.probabilities(trainer.task, trainer.params(), values)[0]
    assert code == 0
    np.testing.assert_allclose(list(strict(out)["probabilities"].values()), expected, atol=1e-5)


def test_drawings_are_deskewed_where_training_was_unless_told_otherwise(
    run, folder, digits, make_task, drawing
):
    task = make_task(digits, data={"deskew": True}, learning_rate=0.5)
    path, _ = kept(folder, task, "upright")
    seven = [stroke.tolist() for stroke in written(7)]
    words = ("--model", path, "--strokes", drawing(seven))
    assert run(*words) == run(*words, "--deskew") != run(*words, "--no-deskew")


def test_a_model_of_oblong_pictures_takes_pictures_of_that_size_alone(
    run, refused, small_mnist, tmp_path, drawing
):
    assert cli.main(["mnist", "--data-dir", str(small_mnist), "--save", str(tmp_path / "m")]) == 0
    words = ("--model", tmp_path / "m.safetensors")
    image = Image.fromarray(np.eye(4, 3, dtype=np.uint8) * 255)
    image.save(tmp_path / "fits.png")
    image.resize((9, 9)).save(tmp_path / "square.png")
    run("--help")
    assert run(*words, "--image", tmp_path / "fits.png")[0] == 0
    assert "has 9 × 9 pixels; this model reads 4 × 3" in refused(
        *words, "--image", tmp_path / "square.png"
    )
    assert "no drawings; use --image" in refused(*words, "--strokes", drawing(zero()))


@pytest.mark.parametrize(
    ("probabilities", "nats"),
    [([1.0, 0.0], 0.0), ([0.5, 0.5], math.log(2)), ([0.25] * 4, math.log(4))],
)
def test_entropy_is_in_nats(probabilities, nats):
    assert entropy(np.array(probabilities, dtype=np.float32)) == pytest.approx(nats)


def test_a_name_of_several_lines_is_told_in_one():
    a, nothing = np.array([0.9, 0.1], np.float32), np.empty(0, np.float32)
    found = Answer(nothing, nothing, nothing, a, decided=0)
    told = answer_lines(found, "softmax", ("a\nb", "c"))
    assert told[0].startswith("  a b ") and len(told) == 3


# Every model of the family --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["perceptron", "adaline", "svm"])
def test_a_neuron_without_probabilities_says_yes_or_no(folder, iris, make_task, run, kind):
    path, trainer = kept(folder, make_task(iris, model={"kind": kind}), kind)
    code, out, _ = run("--model", path, "--values", "6.5,2.4")
    threshold = "½" if kind == "adaline" else "0"
    assert code == 0 and out.startswith("Says yes: virginica. z = ")
    assert out.endswith(f"> {threshold}.\n")
    told = strict(run("--model", path, "--values", "1.4,0.2", "--json", "-")[1])
    assert told["probabilities"] is None and told["entropy"] is None
    assert told["winner"] == "not virginica"
    X = trainer.task.inputs(np.array([[1.4, 0.2]], np.float32))
    z = X @ trainer.params().W[0] + trainer.params().b[0]
    assert told["logits"]["virginica"] == pytest.approx(float(z[0]), rel=1e-5)


def test_one_against_the_rest_says_what_its_probabilities_sum_to(folder, iris, make_task, run):
    path, trainer = kept(folder, make_task(iris, model={"kind": "ovr"}), "ovr")
    values = np.array([[4.9, 1.6]], np.float32)
    a = probe.probabilities(trainer.task, trainer.params(), values)[0]
    out = run("--model", path, "--values", "4.9,1.6")[1]
    assert f"Σ = {a.sum():.2f}: each class is asked by itself" in out and "Entropy" not in out
    told = strict(run("--model", path, "--values", "4.9,1.6", "--json", "-")[1])
    assert list(told["probabilities"].values()) == pytest.approx(a.tolist())
    assert told["entropy"] is None


def test_pairs_of_classes_tell_their_votes(folder, iris, make_task, run):
    path, trainer = kept(folder, make_task(iris, model={"kind": "ovo"}), "ovo")
    z = probe.class_logits(trainer.task, trainer.params(), np.array([[1.4, 0.2]], np.float32))[
        0
    ].tolist()
    votes = [(z[0] <= 0) + (z[1] <= 0), (z[0] > 0) + (z[2] <= 0), (z[1] > 0) + (z[2] > 0)]
    out = run("--model", path, "--values", "1.4,0.2")[1]
    assert out.splitlines()[0].split()[:4] == ["setosa", "2", "of", "2"]
    assert "Wins all its pairs: setosa." in out
    told = strict(run("--model", path, "--values", "1.4,0.2", "--json", "-")[1])
    assert list(told["votes"].values()) == votes == [2, *votes[1:]]
    assert list(told["logits"]) == [
        "setosa|versicolor",
        "setosa|virginica",
        "versicolor|virginica",
    ]


# Mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("5.1", "--values has 1; this model needs 2 numbers in cm: petal length, petal width"),
        ("1,2,3", "--values has 3"),
        ("1,wide", "petal width is 'wide'; a number was expected"),
        ("1,", "petal width is ''"),
        ("1,nan", "petal width is nan"),
        ("1e39,1", "petal length is 1e39"),
    ],
)
def test_values_that_do_not_fit_are_named(values, words, refused, iris_model):
    assert words in refused("--model", iris_model[0], "--values", values)


def test_values_that_overflow_are_refused(refused, folder, iris, make_task):
    path, _ = kept(folder, make_task(iris, data={"degree": 5}), "steep")
    assert "too large for this model" in refused("--model", path, "--values", "1e30,-1e30")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "drawing.json: nothing is drawn"),
        ([[]], "nothing is drawn"),
        ({"strokes": []}, "nothing is drawn"),
        ("", "is no JSON (Expecting value"),
        ("{", "is no JSON"),
        ("[[[0, NaN]]]", "is no JSON (NaN is no number)"),
        ("[" * 100_000, "is no JSON"),
        ("1" * 5000, "is no JSON"),
        (7, "holds 7; a list of strokes was expected"),
        ("null", "holds None"),
        ([1, 2], "stroke 1: found 1; a list of points [x, y] was expected"),
        ([[1, 2]], "stroke 1, point 1: found 1; two finite numbers"),
        ([[[0, 0], [1]]], "stroke 1, point 2: found [1]"),
        ([[[0, 0, 0, 0]]], "found [0, 0, 0, 0]"),
        ([[["a", "b"]]], "found ['a', 'b']"),
        ([[[True, False]]], "found [True, False]"),
        ("[[[0, 1e999]]]", "found [0, inf]"),
        ("[[[0, 1" + "0" * 400 + "]]]", "stroke 1, point 1: found [0, 1000"),
        ([[[0, 1e200]]], "both must be finite numbers"),
        ({}, "“strokes” was expected"),
        ({"strokes": [], "penwidth": 2}, "has ['strokes', 'penwidth']; “strokes” was expected"),
        ({"strokes": zero(), "pen_width": "wide"}, "pen_width is 'wide'"),
        ({"strokes": zero(), "pen_width": -1}, "pen_width is -1; it must be"),
        ([[[0, 0]] * 100_001], "has 100,001 points; at most 100,000"),
    ],
)
def test_a_drawing_that_is_none_is_one_line(value, words, refused, digits_model, drawing):
    assert words in refused("--model", digits_model[0], "--strokes", drawing(value))


def test_a_huge_drawing_is_refused_unread(refused, digits_model, tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(predict.MAX_BYTES + 1)
    assert "a drawing has at most 10" in refused("--model", digits_model[0], "--strokes", path)


def test_text_that_is_no_utf_8_is_one_line(refused, digits_model, tmp_path):
    (tmp_path / "x.json").write_bytes(b"\xff\xfe[[")
    words = ("--model", digits_model[0], "--strokes", tmp_path / "x.json")
    assert "x.json is no JSON" in refused(*words)


def test_empty_paper_is_one_line(refused, digits_model, tmp_path):
    Image.new("L", (50, 50), 255).save(tmp_path / "white.png")
    words = ("--model", digits_model[0], "--image", tmp_path / "white.png")
    assert "white.png: nothing is drawn" in refused(*words)


def test_the_wrong_kind_of_input_is_told(refused, iris_model, digits_model, drawing):
    measured = refused("--model", iris_model[0], "--strokes", drawing(zero()))
    assert "use --values with 2 numbers in cm: petal length, petal width" in measured
    pictured = refused("--model", digits_model[0], "--values", "1,2")
    assert "use --image or --strokes" in pictured


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "required: --model"),
        (
            ["--model", "m"],
            "--strokes --image --values --text --document --table is required",
        ),
        (["--model", "m", "--values", "1", "--image", "i"], "not allowed with"),
        (["--model", "/nowhere/m", "--values", "1"], "There is no file /nowhere/m"),
        (["--model", ".", "--values", "1"], ". is a folder; choose a model in it"),
        (["--model", "README.md", "--values", "1", "--json", "/nowhere/x"], "there is no folder"),
    ],
)
def test_a_mistake_is_one_line(words, message, refused):
    assert message in refused(*words)


def test_what_is_no_model_is_one_line(refused, drawing):
    path = drawing([])
    assert "drawing.json is no safetensors file" in refused("--model", path, "--values", "1")


def test_reading_a_drawing_raises_for_other_callers_too(drawing):
    with pytest.raises(DataError):
        predict.read_strokes(drawing("["))


# Pictures from outside --------------------------------------------------------------------------


@pytest.fixture
def photo(tmp_path):
    """Return photo(ink): a JPEG of ink (rows, columns) on paper in uneven light."""

    def write(ink):
        path = tmp_path / "photo.jpg"
        path.write_bytes(file_of(gradient(len(ink)) * (1 - 0.8 * ink), "JPEG", quality=90))
        return path

    return write


def test_a_photo_is_read_as_its_clean_digit_is(run, digits_model, photo):
    model, _ = digits_model
    code, out, _ = run("--model", model, "--image", photo(page(0, 240, 22.0)), "--json", "-")
    told = strict(out)
    assert (code, told["winner"], told["notes"]) == (0, "0", [])


def test_what_is_ambiguous_is_said_in_words_and_in_json(run, digits_model, photo):
    model, _ = digits_model
    both = np.maximum(page(1, 240, 9.0, 0.4, (0.05, 0.3)), page(7, 240, 9.0, 0.4, (0.6, 0.3)))
    code, out, err = run("--model", model, "--image", photo(both), "--json", "-")
    assert code == 0
    assert any("more than one figure" in doubt for doubt in strict(out)["doubts"])
    assert "Doubt: There is more than one figure" in err


def test_an_unsure_answer_is_a_doubt(run, iris_model):
    _, out, _ = run("--model", iris_model[0], "--values", "4.9,1.65", "--json", "-")
    told = strict(out)
    is_unsure = max(told["probabilities"].values()) < FAIRLY_SURE
    assert is_unsure and told["doubts"] == ["Torn between virginica and versicolor."]


def test_a_step_of_the_cleaning_can_be_left_out(run, digits_model, photo):
    words = ("--model", digits_model[0], "--image", photo(page(0, 240, 12.0)))
    assert run(*words)[1] != run(*words, "--without", "paper,dust")[1]


def test_an_unknown_step_is_named(refused, digits_model):
    words = ("--model", digits_model[0], "--image", "x.png", "--without", "shine")
    assert "“shine” is no step; paper, lines, dust can be left out" in refused(*words)
