"""What a data set holds of a table: categories, classes, pictures, and what is left out."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from core.config import CsvOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.errors import DoubtfulLabelError
from core.language import spoken
from core.train.trainer import Trainer

COLOURS, ANSWERS = ("red", "green", "blue"), ("yes", "no")


def table(n=60, missing=""):
    lines = ["colour,length,smoker,kind"]
    for k in range(n):
        colour = missing if k % 10 == 4 else COLOURS[k % 3]
        kind = "ab"[(k % 3 == 0) ^ (k % 7 == 0)]
        lines.append(f"{colour},{k * 37 % 11}.5,{ANSWERS[k % 5 // 3]},{kind}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def config_of(tmp_path):
    """Return config_of(text, …): the config of data in a file with this text."""

    def config_of(text, **data):
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        return DataConfig(source="csv", path=str(path), test_fraction=0, **data)

    return config_of


@pytest.fixture
def load(config_of):
    """Return load(text, …): the data set, with all its rows and features."""
    return lambda text, **data: sources.load(config_of(text, **data))


@pytest.fixture
def task_of(config_of):
    """Return task_of(text, …): the task that a softmax trains."""

    def task_of(text, model=ModelConfig(), training=TrainingConfig(), **data):  # noqa: B008
        config = RunConfig(config_of(text, **data), model, training)
        return prepare(sources.load(config.data), config)

    return task_of


# Categories ---------------------------------------------------------------------------------------


def test_two_words_are_one_feature_and_more_are_one_each(load):
    dataset = load(table(), categorical=("all",))
    assert dataset.feature_names == (
        *("colour = blue", "colour = green", "colour = red"),
        *("length", "smoker = yes"),
    )
    first = dataset.X[:5]
    np.testing.assert_array_equal(first[0], [0, 0, 1, 0.5, 1])
    np.testing.assert_array_equal(first[3], [0, 0, 1, 1.5, 0])
    assert np.isnan(first[4, :3]).all()


@pytest.mark.parametrize(
    ("no", "yes"), [("FALSE", "TRUE"), ("no", "yes"), ("N", "Y"), ("f", "t"), ("low", "raised")]
)
def test_truth_is_1(load, no, yes):
    rows = "".join(f"{k % 7}.5,{yes if k % 3 else no},{'ab'[k % 2]}\n" for k in range(20))
    dataset = load(f"x,w,kind\n{rows}")
    np.testing.assert_array_equal(dataset.X[:, 1], [float(k % 3 > 0) for k in range(20)])


def test_truths_are_two_words_however_they_are_written(load):
    words = ("yes", "No", "YES", "no")
    rows = "".join(f"{k % 7}.5,{words[k % 4]},{'ab'[k // 9 % 2]}\n" for k in range(40))
    dataset = load(f"x,w,kind\n{rows}")
    np.testing.assert_array_equal(dataset.X[:, 1], [float(k % 2 == 0) for k in range(40)])


def test_rows_that_lack_a_word_are_skipped_or_filled_or_a_category(task_of):
    assert task_of(table(), categorical=("all",)).dataset.n == 54
    filled = task_of(table(), categorical=("all",), missing="fill").dataset
    np.testing.assert_allclose(filled.X[4, :3].sum(), 1, rtol=1e-6)  # the shares of the others
    own = task_of(table(), categorical=("all",), missing_category=True).dataset
    assert own.feature_names[3] == "colour = (missing)"
    np.testing.assert_array_equal(own.X[4, :4], [0, 0, 0, 1])


def test_merged_spellings_are_one_category_and_one_class(load):
    rows = "".join(
        f"{k % 7}.5,{('Red', 'red', 'blue')[k % 3]},{('Ash', 'ASH', 'elm')[k // 3 % 3]}\n"
        for k in range(36)
    )
    dataset = load(f"x,w,kind\n{rows}", merge_case=True)
    assert dataset.h == 2
    np.testing.assert_array_equal(dataset.X[:, 1], [float(k % 3 < 2) for k in range(36)])


def test_a_column_is_chosen_with_all_its_categories(task_of):
    dataset = task_of(table(), features=("colour", "smoker")).dataset
    assert dataset.m == 4
    assert [column.name for column in dataset.columns] == ["colour", "smoker"]


def test_a_config_names_the_same_categories_when_it_is_read_again(task_of):
    task = task_of(table(), features=("colour = red", "length"))
    again = prepare(sources.load(task.config.data), RunConfig.from_dict(task.config.to_dict()))
    assert again.dataset.feature_names == ("colour = red", "length")
    np.testing.assert_array_equal(again.dataset.X, task.dataset.X)


def test_the_optimum_on_categories_is_scikit_learns(task_of):
    """Newton on our indicators against scikit-learn on its own one-hot encoding."""
    strength = 0.01
    task = task_of(
        table(),
        training=TrainingConfig(optimiser="newton", weight_decay=strength, epochs=200),
        categorical=("all",),
        missing_category=True,
        standardise=False,
    )
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.advance(100)
    cells = [line.split(",") for line in table().splitlines()[1:]]
    words = np.array([[colour, smoker] for colour, _, smoker, _ in cells])
    encoded = OneHotEncoder(drop="if_binary", sparse_output=False).fit_transform(words)
    X = np.column_stack([encoded, [float(length) for _, length, _, _ in cells]])
    y = np.array([kind for *_, kind in cells])
    ours = task.dataset.values(task.train_rows)
    np.testing.assert_array_equal(np.sort(ours, axis=1), np.sort(X.astype(np.float32), axis=1))
    n = len(y)
    model = LogisticRegression(C=1 / (n * strength / 2), tol=1e-10, max_iter=10_000).fit(X, y)

    # Two outputs share what one has: w₁ − w₀ is its w, and the penalty of both is half of its own.
    def objective(z, w):
        losses = np.logaddexp(0, np.where(y == "b", -z, z))
        return losses.mean() + strength / 4 * (w**2).sum()

    params = trainer.params()
    w, b = (part[1].astype(np.float64) - part[0] for part in (params.W, params.b))
    z = ours @ w + b
    lowest = objective(model.decision_function(X), model.coef_[0])
    assert objective(z, w) <= lowest * (1 + 8 * np.finfo(np.float32).eps)
    # Losses so near are the same to float32, and its rounding depends on the processor.
    np.testing.assert_allclose(z, model.decision_function(X), atol=0.01)


# Classes ------------------------------------------------------------------------------------------


def rows_of(kinds, gap_of):
    return "x,w,kind\n" + "".join(
        f"{k % 7}.5,{'' if kind == gap_of else k % 5},{kind}\n" for k, kind in enumerate(kinds)
    )


def test_a_class_whose_rows_all_went_is_no_class_and_is_named(task_of):
    task = task_of(rows_of("abc" * 8, "c"))
    assert task.dataset.class_names == ("a", "b")
    assert set(task.dataset.y) == {0, 1}
    assert "no row of class “c” is left, so it is no class" in map(str, task.dataset.notes)


def test_a_neuron_takes_the_last_class_that_is_left(task_of):
    task = task_of(rows_of("abc" * 8, "c"), model=ModelConfig("binary"))
    assert task.dataset.class_names == ("a", "b")


def test_filled_gaps_keep_their_class(task_of):
    assert task_of(rows_of("abc" * 8, "c"), missing="fill").dataset.h == 3


def test_a_total_is_left_out_with_its_class_and_its_line_is_said(load):
    dataset = load(rows_of("ab" * 8, "") + "50.5,40,Total\n")
    assert dataset.class_names == ("a", "b")
    assert "skipped 1 row named a total or a mean (line 18)" in map(str, dataset.notes)
    (left_out,) = dataset.left_out
    assert left_out.lines.tolist() == [18]


@pytest.mark.parametrize("word", ["NA", "None", "-", "null"])
def test_a_frequent_word_for_nothing_is_a_class(load, word):
    kinds = [word, "EU", "AS"] * 10
    dataset = load("x,kind\n" + "".join(f"{k % 7}.5,{kind}\n" for k, kind in enumerate(kinds)))
    assert word in dataset.class_names and dataset.n == 30


@pytest.mark.parametrize("word", ["?", "NaN", "#N/A"])
def test_what_only_programs_write_is_no_class(load, word):
    kinds = [word, "EU", "AS"] * 10
    dataset = load("x,kind\n" + "".join(f"{k % 7}.5,{kind}\n" for k, kind in enumerate(kinds)))
    assert dataset.class_names == ("AS", "EU") and dataset.n == 20


def test_a_rare_word_for_nothing_is_no_class_unless_it_is_said(load):
    kinds = ["m", "f"] * 15 + ["NA"]
    text = "x,kind\n" + "".join(f"{k % 7}.5,{kind}\n" for k, kind in enumerate(kinds))
    assert load(text).class_names == ("f", "m")
    assert load(text, reading=CsvOptions(na=())).class_names == ("f", "m", "NA")


def test_a_word_that_is_said_to_mean_nothing_is_no_class(load):
    kinds = ["NA", "EU", "AS", "unknown"] * 8
    text = "x,kind\n" + "".join(f"{k % 7}.5,{kind}\n" for k, kind in enumerate(kinds))
    assert load(text, reading=CsvOptions(na=("NA", "unknown"))).class_names == ("AS", "EU")


def test_numbers_that_are_said_to_mean_nothing_are_gaps(load):
    text = "x,kind\n" + "".join(f"{-999 if k == 3 else k % 7},{'ab'[k % 2]}\n" for k in range(20))
    dataset = load(text, reading=CsvOptions(na=("-999",)))
    assert np.isnan(dataset.X[3, 0])
    assert np.nanmin(dataset.X) == 0


def test_a_class_that_means_nothing_is_found_below_the_rows_that_are_looked_at(load, monkeypatch):
    from core.data.csv import text_file

    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 11)
    kinds = ["NA"] * 500 + ["EU", "AS"] * 250
    text = "x,kind\n" + "".join(f"{k % 7}.5,{kind}\n" for k, kind in enumerate(kinds))
    dataset = load(text)
    assert np.bincount(dataset.y).tolist() == [250, 250, 500]


def test_a_quantity_is_refused_until_it_is_accepted(load):
    text = "x,target\n" + "".join(f"{k % 7}.5,{1000 + 13 * k}\n" for k in range(40))
    with pytest.raises(DoubtfulLabelError, match="looks like a quantity") as refused:
        load(text)
    assert refused.value.can_accept
    assert load(text, any_label=True).h == 40


# Pictures -----------------------------------------------------------------------------------------


@pytest.fixture
def pictures(rng):
    """Thirty pictures of 8 × 8 with 0 … 16 in each pixel."""
    X = rng.integers(0, 17, (30, 64))
    X[:, 0] = X[:, -1] = 0
    X[0, 5] = 16
    return X


def lines(X, form, first=lambda k: ""):
    names = ",".join(f"pixel{j}" for j in range(X.shape[1]))
    return f"{first(None)}{names},label\n" + "".join(
        f"{first(k)}{','.join(form(v) for v in row)},{k % 10}\n" for k, row in enumerate(X.tolist())
    )


@pytest.mark.parametrize(
    "form", [str, "{:.1f}".format, lambda v: f"{v / 16:g}"], ids=["16", "16.0", "1.0"]
)
def test_pixels_are_the_same_however_they_are_written(load, pictures, form):
    dataset = load(lines(pictures, form))
    assert (dataset.image_shape, dataset.scale) == ((8, 8), 16)
    np.testing.assert_array_equal(dataset.X, pictures)


@pytest.mark.parametrize("first", ["index", "name"])
def test_row_numbers_and_file_names_are_left_out_of_pictures(load, pictures, first):
    columns = {"index": lambda k: f"{'' if k is None else k},"}
    columns["name"] = lambda k: f"{'file' if k is None else f'{k}.png'},"
    dataset = load(lines(pictures, str, columns[first]))
    np.testing.assert_array_equal(dataset.X, pictures)
    assert len(dataset.understood.unused) == 1


def test_shares_of_784_pixels_become_bytes(load, rng):
    X = rng.integers(0, 256, (12, 784))
    dataset = load(lines(X, lambda v: f"{v / 255:.6f}"))
    assert (dataset.image_shape, dataset.scale) == ((28, 28), 255)
    np.testing.assert_array_equal(dataset.X, X)


def test_64_shares_that_are_no_pixels_are_numbers(load, rng):
    X = rng.random((30, 64))
    assert load(lines(X, "{:.4f}".format)).image_shape is None


def test_pixels_without_a_label_are_refused(load, pictures):
    text = "\n".join(",".join(map(str, row)) for row in pictures.tolist()) + "\n"
    with pytest.raises(DoubtfulLabelError, match="there is no label column") as refused:
        load(text)
    assert not refused.value.can_accept


def test_rows_that_seem_to_be_totals_are_kept_on_request(load):
    text = "bill,kind\n1,a\n2,b\n3,a\n4,b\n5,a\n10,Total\n"
    assert load(text).class_names == ("a", "b")
    kept = load(text, keep_totals=True)
    assert kept.class_names == ("a", "b", "Total")
    assert kept.n == 6


def test_columns_that_could_be_categories_are_told_whether_they_are_or_not(load):
    told = load(table(), label="kind").understood
    assert told.could_be_words == ("colour", "smoker")


def test_notes_are_the_same_in_any_language_and_said_in_that_of_the_window(load):
    text = table() + "red,1.5,yes,\nred,,yes,a\nblue,,no,b\n"
    notes = load(text).without_gaps().notes
    said = [str(note) for note in notes]
    assert "skipped 1 row without a label (line 62)" in said
    assert "skipped 2 rows with a missing value (lines 63, 64)" in said
    with spoken("de"):
        assert load(text).without_gaps().notes == notes
        german = [str(note) for note in notes]
    assert "übersprungen: 2 Zeilen mit fehlendem Wert (Zeilen 63, 64)" in german
