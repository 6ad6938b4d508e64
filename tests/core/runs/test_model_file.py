"""Models on disk: what goes in comes out to the bit, and of other files no more than a sentence."""

import json
import math
import os
import pickle
import struct
import sys
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import TrainingConfig
from core.data.digits.drawing import DigitPreprocessing
from core.data.indicators import Indicator
from core.data.preprocessing import FeatureMap
from core.errors import DataError, SaveError
from core.explain import probe
from core.runs import model_file
from core.runs.model import Model
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.runs.model_bytes import assembled, parts
from tests.core.runs.models import model_of, trained


@pytest.fixture(scope="module")
def valid(iris_model, tmp_path_factory):
    """The bytes of a file that is in order."""
    path = tmp_path_factory.mktemp("valid") / "m.safetensors"
    model_file.save(iris_model, path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.safetensors"


# There and back -------------------------------------------------------------------------------


def test_a_loaded_model_answers_as_the_trainer_did_to_the_bit(trainer_of_any_kind, path):
    model_file.save(model_of(trainer_of_any_kind), path)
    task = trainer_of_any_kind.task
    values = task.dataset.values(task.test_rows)
    expected = probe.probabilities(task, trainer_of_any_kind.params(), values)
    np.testing.assert_array_equal(model_file.load(path).answers(values)[1], expected)


def test_all_fields_come_back(trainer_of_any_kind, path):
    kept = model_of(trainer_of_any_kind)
    model_file.save(kept, path)
    loaded = model_file.load(path)
    for name in Model.__dataclass_fields__:
        before, after = getattr(kept, name), getattr(loaded, name)
        if name in ("params", "standardiser"):
            arrays = (
                [one.arrays for one in (before, after)]
                if name == "params"
                else [vars(one).values() for one in (before, after)]
            )
            for array, again in zip(*arrays, strict=True):
                np.testing.assert_array_equal(array, again)
                assert array.dtype == again.dtype
        else:
            assert before == after and type(before) is type(after), name


def test_the_words_that_features_stand_for_come_back(iris_model, path):
    words = (Indicator("sex", "m", "f"), None)
    model_file.save(replace(iris_model, indicators=words), path)
    assert model_file.load(path).indicators == words
    assert [str(column) for column in model_file.load(path).columns] == [
        "sex (f or m)",
        iris_model.feature_names[1],
    ]


def test_a_file_from_before_there_were_words_has_numbers(valid, path):
    about, tensors = parts(valid)
    del about["indicators"]
    path.write_bytes(assembled(json.dumps(about), tensors))
    assert not any(column.words for column in model_file.load(path).columns)


def test_the_same_model_gives_the_same_bytes(iris_model, valid, path):
    model_file.save(iris_model, path)
    assert path.read_bytes() == valid
    model_file.save(model_file.load(path), path)
    assert path.read_bytes() == valid


def test_names_in_any_script_come_back(iris_model, path):
    names = ("ёж", "très\xa0long", '"\\\n\u200d🦔')
    model_file.save(replace(iris_model, class_names=names, feature_names=("μ", "x" * 5000)), path)
    assert model_file.load(path).class_names == names


def test_other_programs_of_the_format_can_read_it(iris_model, path):
    from safetensors.numpy import load_file

    model_file.save(iris_model, path)
    tensors = load_file(path)
    np.testing.assert_array_equal(tensors["W"], iris_model.params.W)
    assert set(tensors) == {"W", "b", "mean", "std"}


def test_figures_that_do_not_exist_are_left_out(iris, make_task, path):
    task = make_task(iris, data={"test_fraction": 0.0})
    model_file.save(model_of(Trainer(task)), path)
    figures = model_file.load(path).figures
    assert set(figures) == {"train_loss", "train_accuracy"}
    assert figures["train_loss"] == pytest.approx(math.log(3))


# Places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("m", "m.safetensors"),
        ("a.b/m", "a.b/m.safetensors"),
        ("run 1.5", "run 1.5.safetensors"),
        ("M.SafeTensors", "M.SafeTensors"),
    ],
)
def test_a_name_without_ending_gets_one(given_name, name, tmp_path):
    assert model_file.with_ending(tmp_path / given_name) == tmp_path / name


@pytest.mark.parametrize("ending", ["onnx", "pt", "PTH", "pkl", "h5", "json", "bin", "joblib"])
def test_a_name_of_another_format_is_refused_with_what_is_written(ending, tmp_path):
    with pytest.raises(SaveError, match=r"in the format safetensors.* Name it m\.safetensors"):
        model_file.with_ending(tmp_path / f"m.{ending}")


def test_a_failing_disk_leaves_the_old_model(iris_model, path, monkeypatch):
    path.write_bytes(b"old")

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SaveError, match="no space left"):
        model_file.save(iris_model, path)
    assert path.read_bytes() == b"old" and list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_HEADER"])
def test_what_could_not_be_read_again_is_not_written(limit, iris_model, path, monkeypatch):
    monkeypatch.setattr(model_file, limit, 100)
    with pytest.raises(SaveError, match="too large to be read again"):
        model_file.save(iris_model, path)
    assert not path.exists()


# Training on ----------------------------------------------------------------------------------


def test_training_goes_on_where_the_model_was(trainer_of_any_kind, path):
    model_file.save(model_of(trainer_of_any_kind), path)
    loaded = model_file.load(path)
    task = loaded.task(trainer_of_any_kind.task.source)
    np.testing.assert_array_equal(task.train_rows, trainer_of_any_kind.task.train_rows)
    np.testing.assert_array_equal(task.standardiser.std, trainer_of_any_kind.task.standardiser.std)
    again = Trainer(task)
    start_from(again, loaded.params)
    exact = trainer_of_any_kind.measure(exact=True).figures
    assert again.metrics.figures == pytest.approx(exact, nan_ok=True)
    assert again.step_count == 0 and again.outcome is None
    np.testing.assert_array_equal(again.params().W, loaded.params.W)


def test_full_batches_go_on_as_if_there_had_been_no_file(iris, make_task, path):
    through = Trainer(make_task(iris, batch_size=None))
    for _ in range(10):
        through.step()
    model_file.save(model_of(through), path)
    loaded = model_file.load(path)
    after = Trainer(loaded.task(iris))
    start_from(after, loaded.params)
    for _ in range(10):
        through.step()
        after.step()
    np.testing.assert_array_equal(after.params().W, through.params().W)
    np.testing.assert_array_equal(after.params().b, through.params().b)


def test_opening_a_file_multiplies_no_names(iris, make_task, path, monkeypatch):
    model_file.save(model_of(trained(make_task(iris, data={"degree": 5}))), path)
    monkeypatch.setattr(FeatureMap, "_product", lambda *_: pytest.fail("it made a name"))
    assert model_file.load(path).k == 20


# What is no model -----------------------------------------------------------------------------


def refusal(path):
    with pytest.raises(DataError) as caught:
        model_file.load(path)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 600, text
    assert path.name in text
    return text


def zipped(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("data.pkl", b"\x80\x02.")


FOREIGN = {
    "empty": (lambda path: path.write_bytes(b""), "is empty (0 bytes)"),
    "pt": (lambda path: torch.save({"W": torch.zeros(2)}, path), "an archive, such as PyTorch's"),
    "old pt": (
        lambda path: torch.save({}, path, _use_new_zipfile_serialization=False),
        "is a pickle, which can run programs",
    ),
    "pickle": (lambda path: path.write_bytes(pickle.dumps([1])), "is a pickle"),
    "zip": (zipped, "is an archive"),
    "png": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)), "is a picture"),
    "text": (lambda path: path.write_text("W,b\n1,2\n"), "is no safetensors file"),
    "short": (lambda path: path.write_bytes(b"\1\0\0"), "is no safetensors file"),
    "json": (lambda path: path.write_text('{"W": [1, 2]}'), "is no safetensors file"),
    "header beyond the file": (
        lambda path: path.write_bytes(struct.pack("<Q", 10**6) + b"{}"),
        "breaks off after 10 bytes, within its header of 1,000,000",
    ),
    "endless header": (
        lambda path: path.write_bytes(struct.pack("<Q", 2**63) + b"{}"),
        "says that its header has 9,223,372,036,854,775,808 bytes",
    ),
    "header that is no JSON": (
        lambda path: path.write_bytes(struct.pack("<Q", 5) + b"{oops"),
        "is no safetensors file",
    ),
    "nested header": (
        lambda path: path.write_bytes(struct.pack("<Q", 10**6) + b'{"a":' + b"[" * (10**6 - 5)),
        "is no safetensors file",
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_gets_a_sentence(kind, path):
    make, words = FOREIGN[kind]
    make(path)
    assert words in refusal(path)


def test_the_models_of_another_program_are_told_from_ours(path):
    from safetensors.numpy import save_file

    save_file({"W": np.zeros((2, 2))}, path, metadata={"format": "pt"})
    assert "of another program" in refusal(path)


def test_nothing_in_a_pickle_is_run(path):
    class Trap:
        def __reduce__(self):
            return sys.exit, (7,)

    path.write_bytes(pickle.dumps(Trap()))
    assert "is a pickle" in refusal(path)


def test_a_folder_a_pipe_and_nothing_at_all_get_a_sentence(tmp_path):
    assert "is a folder" in refusal(tmp_path)
    assert "There is no file" in refusal(tmp_path / "m.safetensors")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "no ordinary file" in refusal(tmp_path / "pipe")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    assert "cannot be read" in refusal(tmp_path / "ring")


def test_a_huge_file_is_refused_unread(path, monkeypatch):
    with path.open("wb") as file:
        file.truncate(model_file.MAX_BYTES + 1)  # a sparse one
    monkeypatch.setattr(type(path), "open", lambda *_: pytest.fail("it was opened"))
    assert "has 256 MiB, and a model has at most 256" in refusal(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_breaks_off_gets_a_sentence(share, valid, path):
    path.write_bytes(valid[: int(len(valid) * share)])
    assert "breaks off" in refusal(path) or "is damaged" in refusal(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "was written by a newer Logit Lab (format 2; this one reads 1). Update"),
        ({"format": None}, "what it says of itself cannot be read"),
        ({"format": True}, "what it says of itself cannot be read"),
        ({"config": None}, "“config” is None"),
        ({"config": {"magic": {}}}, "“magic” is not a setting of config"),
        ({"config": {"training": {"learning_rate": -1}}}, "learning_rate is -1"),
        ({"config": {"model": {"kind": "oracle"}}}, "kind is 'oracle'"),
        ({"config": {"model": {"kind": "binary"}}}, "3 classes; a binary model has two"),
        ({"config": {"data": {"degree": 2}}}, "W has the shape (3, 2); (3, 5) was expected"),
        ({"classes": []}, "two or more classes"),
        ({"classes": ["a", "a", "b"]}, "classes with different names"),
        ({"classes": ["a", "b"], "marks": [0, 1]}, "W has the shape (3, 2); (2, 2) was expected"),
        ({"classes": "abc"}, "“classes” is 'abc'"),
        ({"classes": [1, 2, 3]}, "“classes” is 1; text was expected"),
        ({"classes": ["a", "b", "\ud800"]}, "half a character"),
        ({"marks": [0, 1]}, "each class needs one mark"),
        ({"marks": [0, 1, 2.5]}, "whole numbers were expected"),
        ({"features": []}, "it has no features"),
        ({"features": ["x"]}, "W has the shape (3, 2); (3, 1) was expected"),
        ({"unit": 3}, "“unit” is 3"),
        ({"scale": 0}, "scale is 0"),
        ({"scale": 10**400}, "“scale” is 1000"),
        ({"scale": "1"}, "a number was expected"),
        ({"image_shape": [2]}, "rows and columns"),
        ({"image_shape": [3, 3]}, "2 pixels are no picture of 3 × 3"),
        ({"image_shape": [-1, -2]}, "2 pixels are no picture of -1 × -2"),
        ({"recipe": {"size": 28}}, "drawings become 28 pixels wide"),
        ({"recipe": {"size": "28"}}, "size of the recipe is '28'"),
        ({"recipe": {"size": 10**9}}, "size is 1000000000; it must be"),
        ({"recipe": {"pen_width": "wide"}}, "“pen_width” is 'wide'"),
        ({"recipe": {"run": "rm"}}, "the recipe of its pictures"),
        ({"step": -1}, "“step” is -1"),
        ({"epoch": 1.5}, "“epoch” is 1.5"),
        ({"figures": []}, "“figures” is []"),
        ({"figures": {"train_loss": "low"}}, "“train_loss” is 'low'"),
        ({"data": None}, "“data” is None"),
        ({"indicators": [None]}, "each feature needs its word, or none"),
        ({"indicators": [None, "sex"]}, "“indicators” is 'sex'"),
        ({"indicators": [None, ["sex", "m"]]}, "“indicators” holds ['sex', 'm']"),
        ({"indicators": [None, ["sex", "m", 3]]}, "“indicators” is 3; text was expected"),
        ({"indicators": {}}, "“indicators” is {}"),
    ],
)
def test_a_field_that_cannot_be_is_named(changes, words, valid, path):
    about, tensors = parts(valid)
    path.write_bytes(assembled(json.dumps(about | changes), tensors))
    text = refusal(path)
    assert words in text


def test_what_a_later_program_adds_for_information_does_no_harm(valid, path):
    about, tensors = parts(valid)
    path.write_bytes(assembled(json.dumps(about | {"author": "somebody"}), tensors))
    assert model_file.load(path).step == about["step"]


def test_a_setting_of_another_version_is_told_as_such(valid, path):
    about, tensors = parts(valid)
    about["program"], about["config"]["training"]["magic"] = "9.0", 1
    path.write_bytes(assembled(json.dumps(about), tensors))
    assert "or of another version of Logit Lab: “magic” is not a setting" in refusal(path)


def test_a_file_from_before_there_were_other_models_opens(iris_model, valid, path):
    about, tensors = parts(valid)
    for group, names in {
        "model": ("has_bias", "hidden", "activation"),
        "training": ("optimiser", "momentum", "schedule", "l1", "patience"),
    }.items():
        for name in names:
            del about["config"][group][name]
    path.write_bytes(assembled(json.dumps(about), tensors))
    assert model_file.load(path).config == iris_model.config


def test_what_says_nothing_more_gets_defaults(valid, path):
    about, tensors = parts(valid)
    del about["config"]["training"]
    path.write_bytes(assembled(json.dumps(about), tensors))
    assert model_file.load(path).config.training == TrainingConfig()


@pytest.mark.parametrize("text", ["", "[]", "{", "7", '{"format": NaN}', "[" * 100_000])
def test_a_text_that_says_nothing_is_damage(text, valid, path):
    path.write_bytes(assembled(text, parts(valid)[1]))
    assert "is damaged" in refusal(path)


def f32(*values):
    return np.array(values, dtype="<f4").tobytes()


@pytest.mark.parametrize(
    ("name", "tensor", "words"),
    [
        ("W", None, "W is missing"),
        ("W", ("F64", [3, 2], bytes(48)), "W is F64"),
        ("W", ("F32", [6], bytes(24)), "W is F32 of the shape (6,)"),
        ("W", ("F32", [2, 3], bytes(24)), "W has the shape (2, 3); (3, 2) was expected"),
        ("W", ("F32", [3, 0], b""), "W is F32 of the shape (3, 0)"),
        ("W", ("F32", [0, 2**60], b""), "of the shape (0, 1152921504606846976)"),
        ("W", ("F32", [3, 2], bytes(20)), "its numbers are not where they should be"),
        ("W", ("F32", [3, 2], f32(0, 0, math.nan, 0, 0, 0)), "W holds a value that is no finite"),
        ("b", ("F32", [3], f32(0, math.inf, 0)), "b holds a value that is no finite"),
        ("b", ("BF16", [3], bytes(6)), "b is BF16"),
        ("mean", ("F64", [3], bytes(24)), "mean has the shape (3,); (2,) was expected"),
        ("std", ("F64", [2], bytes(16)), "std holds a value that is not greater than 0"),
    ],
)
def test_numbers_that_cannot_be_are_named(name, tensor, words, valid, path):
    about, tensors = parts(valid)
    tensors[name] = tensor
    if tensor is None:
        del tensors[name]
    path.write_bytes(assembled(json.dumps(about), tensors))
    assert words in refusal(path)


def test_a_message_stays_short_whatever_a_file_holds(valid, path):
    about, tensors = parts(valid)
    about["config"]["training"]["device"] = ["x\n" * 10**5]
    path.write_bytes(assembled(json.dumps(about), tensors))
    refusal(path)


# Fuzz -----------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def load_or_refuse(path, data):
    path.write_bytes(data)
    try:
        loaded = model_file.load(path)
    except DataError as error:
        message = str(error)
    else:
        message = ""
        with np.errstate(all="ignore"):  # what is valid may still be huge
            loaded.answers(np.ones((1, len(loaded.feature_names)), dtype=np.float32))
    assert "\n" not in message


@quick
@given(data=st.binary(max_size=300))
def test_random_bytes_are_refused_in_words(data, path):
    load_or_refuse(path, data)


@quick
@given(data=st.data())
def test_a_file_with_bytes_changed_loads_or_is_refused_in_words(data, valid, path):
    changed = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.sampled_from(["set", "cut", "insert"])):
            case "set":
                changed[place] = data.draw(st.integers(0, 255))
            case "cut":
                del changed[place : place + data.draw(st.integers(1, 50))]
            case "insert":
                changed[place:place] = data.draw(st.binary(max_size=20))
        if not changed:
            break
    load_or_refuse(path, bytes(changed))


@quick
@given(data=st.data())
def test_any_value_in_any_field_loads_or_is_refused_in_words(data, valid, path):
    about, tensors = parts(valid)
    about["recipe"] = asdict(DigitPreprocessing(size=8))
    inner = about
    while True:
        key = data.draw(st.sampled_from(sorted(inner)))
        if not (isinstance(inner[key], dict) and inner[key] and data.draw(st.booleans())):
            break
        inner = inner[key]
    inner[key] = data.draw(anything)
    load_or_refuse(path, assembled(json.dumps(about), tensors))


@quick
@given(
    name=st.sampled_from(["W", "b", "mean", "std", "more"]),
    kind=st.sampled_from(["F32", "F64", "I8", "BOOL", "BF16", "X"]),
    shape=st.lists(st.integers(0, 2**64), max_size=3),
    data=st.binary(max_size=64),
)
def test_any_tensor_loads_or_is_refused_in_words(name, kind, shape, data, valid, path):
    about, tensors = parts(valid)
    tensors[name] = (kind, shape, data)
    load_or_refuse(path, assembled(json.dumps(about), tensors))
