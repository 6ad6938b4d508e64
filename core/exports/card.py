"""The card of a model: what it was trained on and how, what it is worth, and what it is not for.

After Mitchell et al. (2019), Model Cards for Model Reporting; in Markdown. Names that people gave
are escaped, so that they are nothing but text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from core import VERSION, files
from core.data.preprocessing import SPREADS
from core.data.shown_task import describe as describe_sample
from core.data.task import Task
from core.data.text.described import describe
from core.evaluate import model_outputs
from core.evaluate.classification import Answers, Baseline, confusion, report, wilson
from core.language import spoken
from core.model_family import FAMILY
from core.number_format import format_count, format_plain
from core.runs.run_record import Record, format_setting, settings_of

LISTED = 30  # features, and notes, that are named
LISTED_CLASSES = 100
FEW = 100  # test rows, of which a percentage says little

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~&$@]|:(?=//)|(?<=www)\.)")  # with what becomes a link


def write(record: Record, path: Path, made: date | None = None) -> tuple[Path, ...]:
    """Write the card of a run. Raises SaveError."""
    with files.writing(path) as file:
        file.write(card(record, made))
    return (path,)


@spoken("en")
def card(record: Record, made: date | None = None) -> str:
    """Return the card of a run as it stands; made : the day that it names, today by default."""
    task = record.task
    parts = {
        name: model_outputs.ask(task, record.params, rows) for name, rows in task.parts.items()
    }
    sections = (
        _model(record, made or date.today()),  # noqa: DTZ011 - the day where the user is
        _figures(task, parts),
        _by_class(task, parts),
        _data(task),
        _preprocessing(task),
        _training(record),
        _use(record, parts),
    )
    return "\n".join(line for section in sections for line in [*section, ""])


def escaped(text: str) -> str:
    """Return text as Markdown that shows it as it is, in one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _model(record: Record, made: date) -> Iterator[str]:
    task, kind = record.task, FAMILY[record.task.config.model.kind]
    hidden, params = task.config.model.hidden, record.params.arrays
    yield f"# Model card: {kind.title}, {escaped(task.dataset.name)}"
    yield ""
    yield f"{kind.words}."
    if hidden:
        activation = task.config.model.activation
        yield f"Between inputs and outputs are {hidden:,} hidden units ({activation})."
    yield ""
    numbers = sum(array.size for array in params)
    yield f"- Inputs: {task.m:,}; outputs: {task.outputs:,}; parameters: {numbers:,}"
    yield f"- It decides by {kind.decides}."
    updates, epochs = format_count(record.step, "update"), format_count(record.epoch, "epoch")
    yield f"- Trained for {updates}, {epochs}; {record.status.value}."
    yield f"- Made on {made.isoformat()} with Logit Lab {VERSION}."


def _figures(task: Task, parts: dict[str, Answers]) -> Iterator[str]:
    kind = FAMILY[task.config.model.kind]
    yield "## Figures"
    yield ""
    yield from _row("rows", "number", f"loss ({kind.unit})", "accuracy", "95 % interval")
    yield from _rule(5)
    for name, answers in parts.items():
        hits, n = int(answers.is_right.sum()), len(answers)
        low, high = wilson(hits, n)
        loss = format_plain(float(answers.loss.mean()), 4)
        yield from _row(name, f"{n:,}", loss, f"{hits / n:.2%}", f"{low:.2%} … {high:.2%}")
    yield ""
    baseline = Baseline.of(task.dataset.counts(task.train_rows))
    named = escaped(task.dataset.class_names[baseline.label])
    said = ", ".join(
        f"{name} {baseline.accuracy(answers.counts):.2%}" for name, answers in parts.items()
    )
    yield f"Always saying “{named}” would be right in: {said}."
    yield "The intervals are Wilson’s, for rows drawn at random."
    if sampled := describe_sample(task):
        yield f"The data are read from disk: {sampled} was asked."
    if len(parts["training"]) < len(task.train_rows):
        yield (
            f"The data are read from disk: of {len(task.train_rows):,} training and "
            f"{len(task.test_rows):,} test rows a fixed sample was asked."
        )
    if task.class_weights is not None:
        yield "Training weighted the losses by class; these are not weighted."


def _by_class(task: Task, parts: dict[str, Answers]) -> Iterator[str]:
    judged = "test" if "test" in parts else "training"
    answers, names = parts[judged], task.dataset.class_names
    result = report(confusion(answers.y, answers.predicted, len(names)))
    counts = {
        name: np.bincount(each.y, minlength=len(names)).tolist() for name, each in parts.items()
    }
    yield "## Classes"
    yield ""
    yield f"Precision and recall are of the {judged} rows."
    yield ""
    yield from _row("class", *(f"{name} rows" for name in parts), "precision", "recall")
    yield from _rule(len(parts) + 3)
    for k, name in enumerate(names[:LISTED_CLASSES]):
        shares = (
            "–" if math.isnan(value) else f"{value:.2%}"
            for value in (float(result.precision[k]), float(result.recall[k]))
        )
        yield from _row(escaped(name), *(f"{each[k]:,}" for each in counts.values()), *shares)
    if (more := len(names) - LISTED_CLASSES) > 0:
        yield ""
        yield f"And {more:,} more classes."


def _data(task: Task) -> Iterator[str]:
    dataset, data = task.dataset, task.config.data
    yield "## Data"
    yield ""
    yield f"- {escaped(dataset.name)}: {dataset.n:,} rows, {dataset.h:,} classes"
    if dataset.picture_size:
        rows, columns = dataset.picture_size
        colours = " in red, green and blue" if dataset.looks == "colour" else ""
        yield f"- Features: pictures of {rows} × {columns} pixels{colours}, 0 … {dataset.scale:g}"
    elif dataset.is_text:
        yield f"- Features: {dataset.m:,} words of the training documents"
    else:
        yield f"- Features: {_listed(dataset.feature_names)}"
    if data.test_fraction is None:
        yield "- Split: the published test rows"
    elif not len(task.test_rows):
        yield "- Split: none; there are no test rows"
    else:
        yield (
            f"- Split: {data.test_fraction:.1%} of each class for testing, drawn at random "
            f"(seed {data.split_seed})"
        )
    if len(task.validation_rows):
        yield f"- Validation: {data.validation_fraction:.1%} of the training rows of each class"
    for note in dataset.notes[:LISTED]:
        yield f"- Note: {escaped(str(note))}"


def _preprocessing(task: Task) -> Iterator[str]:
    data = task.config.data
    yield "## Preprocessing"
    yield ""
    if data.deskew:
        yield "- Pictures are sheared until they are upright."
    if task.pens:
        yield (
            f"- {task.pens:,} of the {len(task.train_rows):,} training rows are drawings of pens, "
            "made by rules for ways of writing digits that the data hardly have."
        )
    if data.copies:
        yield f"- {data.copies} varied copies of each training picture were trained on, too."
    if any(task.dataset.indicators):
        yield "- A word of a column is an input that is 1 where the column holds it, else 0."
    if task.dataset.is_text:
        yield f"- The number of a word: {describe(data.bag)}."
    elif data.source == "csv":
        filled = (
            "filled with the feature’s mean"
            if data.missing == "fill"
            else "skipped, with their row"
        )
        yield f"- Missing numbers were {filled}."
    if not task.feature_map.is_identity:
        sine = " and their sines" if data.sine else ""
        yield f"- Inputs are products of the features up to degree {data.degree}{sine}."
    if task.standardiser.is_identity:
        yield "- The inputs are not standardised."
    else:
        yield (
            "- Each input is standardised: its mean over the training rows is subtracted, and "
            f"it is divided by {SPREADS[data.std]}."
        )


def _training(record: Record) -> Iterator[str]:
    rule = record.settings.rule
    yield "## Training"
    yield ""
    yield f"{rule.title}: {escaped(rule.formula)}"
    yield ""
    yield from _row("setting", "value")
    yield from _rule(2)
    for name, value in settings_of(record).items():
        if name not in ("data", "features", "classes"):
            yield from _row(escaped(name), escaped(format_setting(name, value)))


def _use(record: Record, parts: dict[str, Answers]) -> Iterator[str]:
    task, kind = record.task, FAMILY[record.task.config.model.kind]
    yield "## Use, and limits"
    yield ""
    yield (
        "It was made in a program for learning how such models work. It is meant for that, and "
        "for rows that come from where its training rows came from; it is not meant for decisions "
        "about people, and nobody has examined it for that."
    )
    yield ""
    if "test" not in parts:
        yield "- There are no test rows: no figure says how it does on rows that it has not seen."
    elif len(parts["test"]) < FEW:
        count = len(parts["test"])
        yield f"- {count:,} test rows are few: look at the interval, not at the percentage."
    if "test" in parts:
        yield (
            "- The test figures are honest only if no setting was chosen by them; who tried "
            "several models and kept the best should take off a little."
        )
    if "validation" in parts and record.settings.patience:
        yield "- The validation rows chose the epoch: their figures are flattering."
    yield (
        "- It knows its classes only: a row of none of them is given one all the same, perhaps "
        "with confidence."
    )
    if kind.has_probabilities and kind.is_log_likelihood:
        yield "- Its probabilities need not be calibrated: as often right as they say."
    elif not kind.has_probabilities:
        yield "- It says which class, not how likely."
    if Baseline.of(task.dataset.counts(task.train_rows)).is_imbalanced:
        yield "- The classes are unequally frequent: accuracy alone says little of the rare ones."


def _listed(names: Sequence[str]) -> str:
    said = ", ".join(escaped(name) for name in names[:LISTED])
    more = len(names) - LISTED
    return f"{said} and {more:,} more" if more > 0 else said


def _row(*cells: str) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"


def _rule(columns: int) -> Iterator[str]:
    yield f"|{' --- |' * columns}"
