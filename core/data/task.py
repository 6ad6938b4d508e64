"""A task: data prepared for one run, with chosen features and classes, split and scaled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.config import ModelConfig, RunConfig, Std
from core.data.dataset import Dataset
from core.data.gaps import filled, without_empty_classes
from core.data.preprocessing import NUMBERS_AT_ONCE, ROWS_AT_ONCE, FeatureMap, Standardiser
from core.data.streamed.drawing import fixed_sample
from core.data.suitability import check_features, not_counted
from core.data.validation import set_aside
from core.errors import DataError
from core.language import mark, tr
from core.memory import Demand, demand
from core.model_family import FAMILY
from core.number_format import format_integer

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

MAX_NEURONS = 5_000  # one vs one with 100 classes has 4,950


class Reader(Protocol):
    """What is needed to interpret weights: a task, or a saved model."""

    @property
    def config(self) -> RunConfig: ...

    def inputs(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the model inputs X (n, m) for features (n, d) in their own units."""


NAMES_OF_ROWS = {
    "training": mark("training row {n}"),
    "validation": mark("validation row {n}"),
    "test": mark("test row {n}"),
}


@dataclass(frozen=True, eq=False)
class Task:
    """The data that a run trains on, and everything needed to interpret its weights.

    config : with the data set's defaults resolved; a test_fraction of None remains and means the
        published test set.
    dataset : all rows, with the chosen features and classes only.
    source : the data set as it was loaded, to choose from again.
    train_rows, test_rows, validation_rows : row indices of `dataset`, ascending; the latter two
        may be empty. Validation rows, for early stopping, are used neither for training nor for
        testing.
    feature_map : from the features to the inputs of the model.
    standardiser : of the inputs, fitted on the training rows; the identity if they are not
        standardised.
    """

    config: RunConfig
    dataset: Dataset
    source: Dataset
    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    feature_map: FeatureMap
    standardiser: Standardiser
    validation_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def m(self) -> int:
        """Number of inputs of the model: columns of W."""
        return len(self.standardiser.mean)

    @property
    def input_names(self) -> tuple[str, ...]:
        return self.feature_map.input_names

    def inputs(self, values: NDArray[np.floating] | NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the model inputs X (n, m) for features (n, d) in their own units."""
        is_identity = self.feature_map.is_identity and self.standardiser.is_identity
        at_once = max(min(ROWS_AT_ONCE, NUMBERS_AT_ONCE // max(self.m, 1)), 1)
        if is_identity or len(values) <= at_once:
            return self.standardiser.apply(self.feature_map.apply(values))
        X = np.empty((len(values), self.m), dtype=np.float32)
        for start in range(0, len(values), at_once):  # float64 temporaries stay in the cache
            part = slice(start, start + at_once)
            X[part] = self.standardiser.apply(self.feature_map.apply(values[part]))
        return X

    def inputs_of(
        self, rows: NDArray[np.int64] | slice = slice(None)
    ) -> NDArray[np.float32] | csr_array:
        """Return the model inputs X (n, m) of rows of the data set; sparse for texts."""
        bag = self.dataset.bag
        return self.inputs(self.dataset.values(rows)) if bag is None else bag[rows]

    @property
    def numbers_per_row(self) -> float:
        """How many inputs of a row are multiplied: all, but of texts those that are not 0."""
        bag = self.dataset.bag
        return float(self.m if bag is None else bag.nnz / max(bag.shape[0], 1))

    @cached_property
    def demand(self) -> Demand:
        """Estimated resources of a run on this task."""
        return demand(
            self.config,
            self.dataset.held(len(self.train_rows)),
            self.dataset.held(len(self.held_out_rows)),
            self.m,
            self.dataset.h,
            row_size=_row_size(self.dataset, self.m),
        )

    @property
    def pens(self) -> int:
        """Number of the training rows that are drawings of pens, or variations of these."""
        return self.dataset.pens * (1 + self.config.data.copies)

    @property
    def own_train_rows(self) -> NDArray[np.int64]:
        """The training rows without variations: first drawings of pens, then all others."""
        made = len(self.train_rows) // (1 + self.config.data.copies) * self.config.data.copies
        return self.train_rows[made:]

    @cached_property
    def held_out_rows(self) -> NDArray[np.int64]:
        """The test and validation rows, ascending."""
        if not len(self.validation_rows):
            return self.test_rows
        return np.sort(np.concatenate([self.test_rows, self.validation_rows]))

    @property
    def parts(self) -> dict[str, NDArray[np.int64]]:
        """The rows by what they are for, training, validation and test, where there are any.

        Of rows on disk, a fixed sample of each.
        """
        named = (
            ("training", self.train_rows),
            ("validation", self.validation_rows),
            ("test", self.test_rows),
        )
        held = self.dataset.held
        return {name: fixed_sample(rows, held(len(rows))) for name, rows in named if len(rows)}

    def part_of(self, row: int) -> str:
        """Return whether this row is for “training”, “validation” or “test”."""
        for name, rows in (("test", self.test_rows), ("validation", self.validation_rows)):
            if row in rows:
                return name
        return "training"

    def describe_row(self, row: int) -> str:
        """Return the name of a row of the data set, as in “test row 3”, counted from 1."""
        return tr(NAMES_OF_ROWS[self.part_of(row)], n=format_integer(row + 1))

    @cached_property
    def class_weights(self) -> NDArray[np.float64] | None:
        """(h,) weight of each class in the loss, n / (h nᵢ) if balanced; None if all are alike.

        A class without training rows has none, and is not counted.
        """
        if self.config.training.class_weight == "none":
            return None
        counts = self.dataset.counts(self.train_rows)
        present = counts > 0
        weights = np.zeros(len(counts))
        weights[present] = len(self.train_rows) / (present.sum() * counts[present])
        return weights

    @property
    def outputs(self) -> int:
        """Number of rows of W: one for a neuron, one per class, or one per pair of classes."""
        return self.config.model.outputs(self.dataset.h)

    @property
    def is_neuron(self) -> bool:
        """Whether one output decides between two classes; softmax of one class also has one."""
        return self.outputs == 1 and self.dataset.h == 2

    @cached_property
    def constant_features(self) -> tuple[str, ...]:
        """Names of the features that are constant in the training rows; none for pictures."""
        if not self.dataset.is_measured or not len(self.train_rows):
            return ()
        low, high = self.dataset.ranges(self.train_rows)
        return tuple(self.dataset.feature_names[j] for j in np.flatnonzero(low == high))

    @cached_property
    def obstacle(self) -> str:
        """Why this task cannot be trained and what to do, or "" if it can."""
        present = np.flatnonzero(self.dataset.counts(self.train_rows))
        if len(present) >= 2:
            return ""
        drawing = self.config.data.source == "drawn"
        if len(present) == 0:
            return (
                tr("There are no points yet: draw some, in at least two classes.")
                if drawing
                else tr(
                    "{name} has no training rows; choose a smaller test share.",
                    name=self.dataset.name,
                )
            )
        name = self.dataset.class_names[present[0]]
        todo = tr("Draw points of another class") if drawing else tr("Choose data with two classes")
        return tr(
            "All training points are of one class, “{name}”: a model that always says "
            "{name} is right already. {todo}.",
            name=name,
            todo=todo,
        )


def prepare(source: Dataset, config: RunConfig) -> Task:
    """Choose features and classes, split, and fit the standardiser on the training rows.

    Raises DataError where the config does not fit the data, or the run does not fit into memory.
    """
    dataset = _chosen(source, config)
    test_fraction = config.data.test_fraction
    if test_fraction is None and not dataset.published_test:
        test_fraction = dataset.test_fraction
    train_rows, test_rows = dataset.split(test_fraction, config.data.split_seed)
    train_rows, validation_rows = set_aside(
        dataset, train_rows, config.data.validation_fraction, config.data.split_seed
    )
    dataset = filled(dataset, train_rows)
    if reason := not_counted(dataset, config.data, config.model):
        raise DataError(reason)
    if dataset.is_text:
        from core.data.bag_of_words import in_words  # with SciPy, which other data need not

        dataset = in_words(dataset, train_rows, config.data.bag)
    check_features(dataset, config.data)
    feature_map = FeatureMap(dataset.feature_names, config.data.degree, config.data.sine)
    trained = len(train_rows) * (1 + config.data.copies)
    measured = len(test_rows) + len(validation_rows)
    _check_memory(dataset, config, trained, measured, feature_map.k)
    if config.data.copies:
        dataset = _with_variations(dataset, train_rows, config)
        made = len(train_rows) * config.data.copies
        train_rows = np.concatenate([np.arange(made), train_rows + made])
        test_rows, validation_rows = test_rows + made, validation_rows + made
    takes_all, standardise = dataset.is_text or dataset.m == source.m, config.data.standardise
    if standardise is None:
        standardise = standardised_by_default(dataset, config.model)
    return Task(
        config=replace(
            config,
            data=replace(
                config.data,
                features=("all",) if takes_all else dataset.feature_names,
                test_fraction=test_fraction,
                standardise=standardise,
                stream=dataset.is_streamed or config.data.stream,
                text=config.data.text or (source.understood and source.understood.text) or None,
            ),
            model=_resolved(config.model, dataset),
        ),
        dataset=dataset,
        source=source,
        train_rows=train_rows,
        test_rows=test_rows,
        validation_rows=validation_rows,
        feature_map=feature_map,
        standardiser=(
            fit_standardiser(dataset, feature_map, train_rows, config.data.std)
            if standardise
            else Standardiser.identity(feature_map.k)
        ),
    )


def refitted(task: Task, train_rows: NDArray[np.int64], test_rows: NDArray[np.int64]) -> Task:
    """Return the task with these rows, and all that is fitted on training rows fitted on them.

    Raises DataError if no word is in enough texts.
    """
    dataset, config = task.dataset, task.config.data
    feature_map, standardiser = task.feature_map, task.standardiser
    if dataset.is_text:
        from core.data.bag_of_words import in_words

        dataset = in_words(dataset, train_rows, config.bag)
        feature_map = FeatureMap(dataset.feature_names)
        standardiser = Standardiser.identity(dataset.m)
    elif config.standardise:
        standardiser = fit_standardiser(dataset, feature_map, train_rows, config.std)
    return replace(
        task,
        dataset=dataset,
        train_rows=train_rows,
        test_rows=test_rows,
        feature_map=feature_map,
        standardiser=standardiser,
    )


def standardised_by_default(dataset: Dataset, model: ModelConfig) -> bool:
    """Return whether features are standardised unless the user says otherwise."""
    return dataset.wants_standardising and not FAMILY[model.kind].is_counted


def _with_variations(dataset: Dataset, rows: NDArray[np.int64], config: RunConfig) -> Dataset:
    """Prepend augmented copies of the pictures in these rows; see `core.data.augmentation`."""
    pictures = dataset.X[rows].astype(np.uint8, copy=False)
    from core.data.augmentation import varied

    made = [varied(pictures, config.data.split_seed + k) for k in range(config.data.copies)]
    return dataset.with_examples(np.concatenate(made), np.tile(dataset.y[rows], len(made)))


def _chosen(source: Dataset, config: RunConfig) -> Dataset:
    """Return the data set with the pictures, features and classes that the config asks for."""
    wants_pictures = config.data.deskew or config.data.copies
    if wants_pictures and (source.image_shape is None or source.X.dtype != np.uint8):
        raise DataError(
            tr("{name} has no pictures to deskew or to vary; leave both off.", name=source.name)
        )
    if wants_pictures and not source.is_square:
        raise DataError(
            tr(
                "{name} holds pictures in colour or of two different sides; only square ones "
                "of grey values can be deskewed or varied. Leave both off.",
                name=source.name,
            )
        )
    dataset = source.upright if config.data.deskew else source
    if config.data.pens:
        from core.data.pens.rows import with_pens

        dataset = with_pens(dataset, config.data.split_seed, deskew=config.data.deskew)
    dataset = dataset.with_features(config.data.features)
    if config.data.missing == "skip":
        dataset = dataset.without_gaps()
        if config.data.source == "csv":
            dataset = without_empty_classes(dataset)
    if config.model.is_neuron:
        dataset = dataset.with_two_classes(config.model.positive, config.model.negative)
    return dataset


def fit_standardiser(
    dataset: Dataset, feature_map: FeatureMap, rows: NDArray[np.int64], std: Std
) -> Standardiser:
    """Return the standardiser of the model's inputs over these rows."""
    parts = map(feature_map.apply, dataset.parts(rows, feature_map.k))
    return Standardiser.of_parts(parts, feature_map.k, dataset.scale, std)


def _check_memory(dataset: Dataset, config: RunConfig, trained: int, tested: int, k: int) -> None:
    """Raise DataError for a model with too many neurons or a run that does not fit into memory."""
    outputs, name = config.model.outputs(dataset.h), dataset.name
    if outputs > MAX_NEURONS:
        raise DataError(
            tr(
                "{title} makes {outputs} neurons of the {h} classes of {name}; at most "
                "{most} are trained. Choose one vs rest or softmax.",
                title=tr(FAMILY[config.model.kind].title),
                outputs=format_integer(outputs),
                h=format_integer(dataset.h),
                name=name,
                most=format_integer(MAX_NEURONS),
            )
        )
    at_once = dataset.held(trained), dataset.held(tested)
    needed = demand(config, *at_once, k, dataset.h, row_size=_row_size(dataset, k))
    memory.check(
        needed.nbytes,
        tr(
            "Training on {name} ({neurons} × {k} weights, {trained} rows)",
            name=name,
            neurons=format_integer(needed.neurons),
            k=format_integer(k),
            trained=format_integer(trained),
        ),
        tr("Choose fewer features, a lower degree or a part of the data."),
    )


def _row_size(dataset: Dataset, k: int) -> float:
    """Return the bytes that the k inputs of a row take: pixels, float32, or those not 0."""
    if dataset.bag is not None:  # the number and its column
        return float(8 * dataset.bag.nnz / max(dataset.n, 1))
    return k * (1 if dataset.X.dtype == np.uint8 else 4)


def _resolved(model: ModelConfig, dataset: Dataset) -> ModelConfig:
    if not model.is_neuron:
        return model
    no_name, yes_name = dataset.class_names
    return replace(model, positive=yes_name, negative=None if model.negative is None else no_name)
