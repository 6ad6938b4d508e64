"""A lesson from its file: what it says is what is there, and what is wrong is said by line."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import RunConfig
from core.data.generators import GeneratorConfig
from core.data.points import Points
from core.errors import DataError
from core.teach.derivations.catalogue import BY_KEY
from core.teach.lesson import CARDS, FLAT_OUT, VIEWS, Band
from core.teach.lesson_file import load, read
from core.teach.rehearsal import rehearsed
from core.teach.toml_document import FaultyTextError

HEAD = 'format = 1\ntitle = "T"\n[[steps]]\ntext = "Look."\n'  # four lines
README = files("assets").joinpath("lessons", "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


def step_of(more):
    """Return the only step of a lesson with these lines, the first of which is line 5."""
    (step,) = read((HEAD + more).encode(), "t").steps
    return step


def faults_of(text, check=read):
    with pytest.raises(FaultyTextError) as caught:
        check(text.encode(), "t")
    faults = caught.value.faults
    assert all(len(sentence) < 700 and sentence.endswith(".") for _, sentence in faults)
    return [(line, sentence) for line, sentence in faults]


def fault_of(more, check=read):
    (fault,) = faults_of(HEAD + more, check)
    return fault


def test_a_step_says_what_to_show_and_what_to_wait_for():
    step = step_of(
        'reveal = "So."\nview = "Trace"\nhighlight = "Loss"\nspeed = "flat out"\nlog_loss = true\n'
        'until = "test accuracy > 0.9"\ncover = true'
    )
    assert (step.text, step.reveal) == ("Look.", "So.")
    assert (step.view, step.highlight) == ("Trace", "Loss")
    assert (step.speed, step.has_log_loss) == (FLAT_OUT, True)
    assert step.until.text == "test accuracy > 0.9"
    assert step.is_covered is True


def test_a_step_names_a_derivation_by_its_key():
    assert step_of('view = "Derivation"\nderivation = "softmax-gradient"').derivation in BY_KEY
    line, sentence = fault_of('view = "Derivation"\nderivation = "softmax-gradients"')
    assert line == 6 and "softmax-gradients" in sentence


def test_the_documentation_lists_the_keys_of_all_derivations():
    row = next(line for line in README.splitlines() if line.startswith("| `derivation` |"))
    assert all(key in row for key in BY_KEY)


def test_a_step_without_a_set_up_leaves_all_as_it_is():
    step = step_of("")
    assert (step.setup, step.view, step.speed, step.has_log_loss) == (None, "", None, None)


def test_a_set_up_is_what_differs_from_the_defaults():
    step = step_of('[steps.setup]\nsource = "digits"\nhidden = 16\nlearning_rate = 1\n')
    default = RunConfig()
    config = step.setup.config
    assert (config.data.source, config.model.hidden) == ("digits", 16)
    assert config.training.learning_rate == 1.0
    assert config.training.batch_size == default.training.batch_size
    assert (step.speed, step.has_log_loss) == (50, False)


def test_points_come_by_a_generator_by_bands_or_one_by_one():
    def points_of(lines):
        setup = step_of(f"[steps.setup.points]\n{lines}").setup
        assert setup.config.data.source == "drawn"
        return setup.data

    made = points_of('generator = "moons"\nsize = 50\nnoise = 0')
    assert made == GeneratorConfig("moons", size=50, noise=0.0)
    bands = points_of(
        'bands = [{class = "A", size = 3, middle = [-1, 0], half = [1, 2]},\n'
        '{class = "B", size = 4, middle = [1, 0], half = [1, 2]}]'
    )
    assert bands == (Band(0, 3, (-1, 0), (1, 2)), Band(1, 4, (1, 0), (1, 2)))
    listed = points_of('list = [[1, 2, "cat"], [3, 4.5, "dog"], [5, 6, "cat"]]')
    assert isinstance(listed, Points) and listed.class_names == ("cat", "dog")
    np.testing.assert_array_equal(listed.xy, [(1, 2), (3, 4.5), (5, 6)])
    np.testing.assert_array_equal(listed.labels, [0, 1, 0])


def test_first_weights_are_given_row_by_row():
    setup = step_of(
        '[steps.setup]\nkind = "binary"\nweights = [[8.0, 0.5]]\nbiases = [1]\n'
        'points.generator = "toy"'
    ).setup
    np.testing.assert_array_equal(setup.params.W, [[8, 0.5]])
    np.testing.assert_array_equal(setup.params.b, [1])


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ('colour = "red"', 5, "“colour”|'colour'"),
        ("text = 3", 5, "no TOML"),
        ("reveal = 3", 5, "text was expected"),
        ('reveal = "  "', 5, "empty"),
        ("view = 1", 5, "one of Boundary"),
        ('\n\nview = "Nowhere"', 7, "one of Boundary"),
        ('highlight = "Everything"', 5, "Confusion"),
        ("speed = nan", 5, "number"),
        ("speed = 0", 5, "flat out"),
        ("speed = true", 5, "number"),
        ('log_loss = "yes"', 5, "true or false"),
        ('until = "soon"', 5, "test accuracy > 0.9"),
        ("setup = 3", 5, "table"),
        ("[steps.setup]\nlearning_rat = 1", 6, "learning_rat"),
        ("[steps.setup]\nlearning_rate = nan", 6, "learning_rate is nan"),
        ("[steps.setup]\nlearning_rate = -1", 6, "greater than 0"),
        ('[steps.setup]\nlearning_rate = "a"', 6, "number"),
        ("[steps.setup]\nepochs = 1.5", 6, "whole number"),
        ("[steps.setup]\nepochs = 10000000000", 6, "epochs"),
        ('[steps.setup]\nkind = "gpt"', 6, "softmax"),
        ('[steps.setup]\n\npath = "/etc/passwd"', 7, "outside"),
        ('[steps.setup]\nfolder = ".."', 6, "outside"),
        ('[steps.setup]\ndevice = "cuda"', 6, "outside"),
        ('[steps.setup]\nencoding = "utf-8"', 6, "outside"),
        ('[steps.setup]\nsource = "csv"', 6, "iris"),
        ('[steps.setup]\nsource = "drawn"', 6, "no points"),
        ('[steps.setup]\nsource = "iris"\npoints.generator = "toy"', 6, "there are points"),
        ('[steps.setup]\npositive = "virginica"', 5, "classes"),
        ("[steps.setup]\npoints = 3", 6, "table"),
        ("[steps.setup.points]\nsize = 3", 5, "generator, bands, list"),
        ('[steps.setup.points]\ngenerator = "toy"\nlist = []', 5, "generator, bands, list"),
        ('[steps.setup.points]\ngenerator = "dragon"', 6, "blobs"),
        ('[steps.setup.points]\ngenerator = "toy"\nsize = 1000000000', 7, "1,000,000"),
        ('[steps.setup.points]\ngenerator = "toy"\nsize = 500000', 7, "100,000"),
        ('[steps.setup.points]\ngenerator = "toy"\nnoise = nan', 7, "noise"),
        ('[steps.setup.points]\ngenerator = "toy"\nkind = "moons"', 7, "kind"),
        ("[steps.setup.points]\nlist = [[1, 2, 'a'],\n[1, inf, 'b']]", 7, "a point is"),
        ("[steps.setup.points]\nlist = [[1, 2, 'a']]", 6, "2 to 10 classes"),
        ("[steps.setup.points]\nlist = []", 6, "2 to 10 classes"),
        (
            "[steps.setup]\npoints.generator = 'toy'\nkind = 'binary'\nbiases = [0]\n"
            "weights = [[1, 2, 3]]",
            9,
            "two numbers",
        ),
        (
            "[steps.setup]\npoints.generator = 'toy'\nweights = [[1, 2]]\nbiases = [0]",
            7,
            "the model has 2 outputs",
        ),
        ("[steps.setup]\nweights = [[1, 2]]\nbiases = [0]", 6, "drawn points"),
        ("question = 3", 5, "table"),
        ('[steps.question]\nchoices = ["a", "b"]\nanswer = "c"', 7, "one of the choices"),
        ('[steps.question]\nanswer = "a"\nchoices = ["a", "a"]', 7, "different"),
        ('[steps.question]\nanswer = "a"\nchoices = ["a",\n3]', 8, "a choice is 3"),
        ("[steps.question]\nanswer = nan", 6, "a number"),
        ("[steps.question]\nanswer = 1\ntolerance = -1", 7, "at least 0"),
        ("[steps.question]\nanswer = 1\nfeedback = 'a'", 7, "feedback"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_line(more, line, words):
    found, sentence = fault_of(more)
    assert found == line
    assert any(word in sentence for word in words.split("|")), sentence


def test_all_that_is_wrong_is_said_in_the_order_of_the_lines():
    text = (
        'format = 1\ntitle = ""\n\n[[steps]]\ntext = "a"\nview = "x"\n[steps.setup]\n'
        'epochs = 0\nlearning_rate = 0\nhiden = 1\nsource = "Iris"\n'
    )
    assert [line for line, _ in faults_of(text)] == [2, 6, 8, 9, 10, 11]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["format is missing", "title is missing", "steps"]),
        ("format = 1\ntitle = 'a'\nsteps = 3", ["a list was expected", "steps is empty"]),
        ("format = 1\ntitle = 'a'\nsteps = [1]", ["a table", "text is missing"]),
        ("format = 2\nnew = 3", ["newer Logit Lab"]),
        ("format = true\ntitle = 'a'\n[[steps]]\ntext = 'b'", ["format is True"]),
        ("format = 1\ntitle = 'a\\u202eb'\n[[steps]]", ["text is missing"]),
    ],
)
def test_a_file_that_is_no_lesson_is_refused(text, words):
    faults = [sentence for _, sentence in faults_of(text)]
    assert len(faults) == len(words)
    assert all(word in sentence for word, sentence in zip(words, faults, strict=True)), faults


def test_no_unseen_letter_of_a_title_stays_unseen():
    lesson = read(b'format = 1\ntitle = "a\\u202eb"\n[[steps]]\ntext = "c"', "t")
    assert lesson.title == "a‹U+202E›b"


def test_a_lesson_has_at_most_a_hundred_steps():
    text = HEAD + '[[steps]]\ntext = "b"\n' * 100
    assert "100 are the most" in faults_of(text)[0][1]


def test_what_the_data_do_not_have_is_found_when_it_is_tried():
    more = '[steps.setup]\nfeatures = ["sepal width", "trunk width"]'
    assert step_of(more).setup is not None
    line, sentence = fault_of(more, rehearsed)
    assert line == 5 and "trunk width" in sentence


def test_a_file_is_named_by_what_follows_its_number(tmp_path):
    path = tmp_path / "03-my-lesson.toml"
    path.write_text(HEAD, encoding="utf-8")
    assert load(path).key == "my-lesson"


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match=r"none\.toml cannot be read: no such file"):
        load(tmp_path / "none.toml")


# The description of the format ----------------------------------------------------------------


def test_the_example_of_the_description_is_a_lesson_that_can_be_set_up():
    first, second = rehearsed(EXAMPLES[0].encode(), "t").steps
    assert first.setup is not None and second.setup is None
    assert first.until.text == "train accuracy > 0.8"


@pytest.mark.parametrize("example", [each for each in EXAMPLES[1:] if "points" in each])
def test_the_points_of_the_description_can_be_drawn(example):
    setup = rehearsed((HEAD + "[steps.setup]\n" + example).encode(), "t").first.setup
    assert setup is not None and setup.points is not None
    assert len(setup.points) > 2


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if "question" in each and "kind" not in each]
)
def test_the_questions_of_the_description_can_be_asked(example):
    question = step_of(example).question
    assert question.is_right(question.solution)


def test_the_description_names_every_view_and_card():
    assert all(re.search(rf"\b{name}\b", README) for name in VIEWS + CARDS)


# Hostile files --------------------------------------------------------------------------------

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text("aé \n<b>$*", max_size=8),
    st.sampled_from(["A", "end", "toy", "drawn", "binary", "Loss", [], {}, [[1, 2, "a"]], [1.0]]),
)
NAMES = st.sampled_from(
    "format title group steps text reveal view highlight speed log_loss until setup source kind "
    "hidden epochs learning_rate batch_size features bag question choices answer tolerance points "
    "generator size noise bands list "
    "class middle half weights biases path reading positive degree".split()
)
TREES = st.recursive(
    ODD,
    lambda each: st.one_of(st.lists(each, max_size=3), st.dictionaries(NAMES, each, max_size=5)),
    max_leaves=12,
)


def written(value):
    """Return a value as TOML in one line; what TOML has no word for becomes a text."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {written(each)}' for key, each in value.items())}}}"
    return json.dumps(str(value), ensure_ascii=False)


def lines_of_faults(data):
    """Return the lines that are faulty, none if it is a lesson."""
    try:
        read(data, "t")
    except FaultyTextError as error:
        return [line for line, _ in error.faults]
    return []


@given(st.dictionaries(NAMES, TREES, max_size=6), st.dictionaries(NAMES, TREES, max_size=8))
def test_no_values_do_more_than_cost_a_sentence(step, setup):
    step.pop("setup", None)
    step.pop("text", None)
    lines = [f"{key} = {written(value)}" for key, value in step.items()]
    lines += ["[steps.setup]", *(f"{key} = {written(value)}" for key, value in setup.items())]
    text = HEAD + "\n".join(lines)
    assert all(1 <= line <= len(lines) + 4 for line in lines_of_faults(text.encode()))


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 50))
def test_no_damage_to_a_lesson_does_more_than_cost_a_sentence(dirt, at, length):
    data = EXAMPLES[0].encode()
    lines_of_faults(data[:at] + dirt + data[at + length :])


QUESTION = "[steps.question]\n"
ON_PLOTS = [each for each in EXAMPLES if each.startswith(QUESTION) and "kind" in each]


@pytest.mark.parametrize(
    ("lines", "view", "tolerance"),
    [
        ('kind = "click"\ntarget = "largest loss"', "Boundary", 0.05),
        ('kind = "click"\ntarget = "least test loss"\ntolerance = 0.1', "Curves", 0.1),
        ('kind = "boundary"', "Boundary", 0.02),
        ('kind = "curve"', "Curves", 0.1),
        *((each.removeprefix("[steps.question]\n"), "Boundary", 0.05) for each in ON_PLOTS),
    ],
)
def test_a_question_on_a_plot_shows_the_view_it_is_answered_on(lines, view, tolerance):
    step = step_of(f"{QUESTION}{lines}\n")
    assert (step.view, step.question.view, step.question.tolerance) == (view, view, tolerance)


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        ('kind = "click"', 5, "target is missing: one of largest loss"),
        ('kind = "click"\ntarget = "moon"', 7, "must be one of largest loss, mistake"),
        ('kind = "curve"\ntolerance = 0', 7, "it must be more than 0"),
        ('kind = "boundary"\nanswer = 3', 7, "known: kind, target"),
        ('kind = "guess"\nanswer = 1', 6, "must be one of choice, number, click, boundary, curve"),
    ],
)
def test_what_is_wrong_with_a_question_on_a_plot_is_said_by_line(lines, line, said):
    assert said in (found := fault_of(f"{QUESTION}{lines}\n"))[1] and found[0] == line


def test_a_question_on_a_plot_names_no_other_view():
    line, said = fault_of(f'view = "Trace"\n{QUESTION}kind = "curve"\n')
    assert (line, said) == (5, "view is Trace; the question is answered on Curves.")


def test_a_boundary_is_asked_for_only_where_one_can_be_drawn():
    line, said = fault_of(
        f'[steps.setup]\nsource = "iris"\n{QUESTION}kind = "boundary"\n', rehearsed
    )
    assert line == 7 and "two classes" in said
    digits = f'[steps.setup]\nsource = "digits"\n{QUESTION}kind = "click"\ntarget = "mistake"\n'
    assert "no plane" in fault_of(digits, rehearsed)[1]
