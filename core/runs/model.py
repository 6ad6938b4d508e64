"""A trained model as a value: all that is needed to predict and to continue training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from core import VERSION
from core.config import RunConfig
from core.data.dataset import REST_MARK, Dataset
from core.data.digits.drawing import DigitPreprocessing
from core.data.indicators import Asked, Indicator, asked_of
from core.data.preprocessing import FeatureMap, Standardiser
from core.data.task import Task, prepare
from core.data.text.documents import Documents
from core.errors import ConfigError, DataError
from core.invisible_characters import visible_names
from core.language import localised, mark, tr
from core.number_format import format_integer
from core.train.history import SERIES
from core.train.snapshot import Metrics, Params

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

    from core.data.text.vocabulary import Vocabulary

MOST_OFFSET = (
    60  # spreads that a mean is from 0; data of which float32 would be too coarse have more
)


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model with all that is needed to predict and to continue training.

    config : of the run that trained it, with the data's default choices resolved.
    params : W (outputs, k) and b (outputs,) for k inputs; or those of a model with a hidden layer.
    class_names : (h,); class_marks : the number of each class's colour and marker.
    feature_names : (d,); unit : of all features, "" for none.
    standardiser : for the k inputs that the config's feature map computes from the features.
    image_shape : (rows, columns) if the features are pixels, in 0 … 1; they were stored as
        0 … `scale`.
    recipe : converts a drawing to a picture; None if the model does not apply to drawings.
    figures : the finite ones of `history.SERIES`, as last measured; for information only.
    indicators : for each feature the word that it stands for, None for a number; () if all are.
    vocabulary : of documents, whose words are the features; None for other data.
    data_name, program : the training data, and the version that saved it; for information only.

    Raises DataError if these are inconsistent.
    """

    config: RunConfig
    params: Params
    class_names: tuple[str, ...]
    class_marks: tuple[int, ...]
    feature_names: tuple[str, ...]
    unit: str
    standardiser: Standardiser
    image_shape: tuple[int, int] | None
    scale: float
    recipe: DigitPreprocessing | None
    step: int
    epoch: int
    figures: dict[str, float]
    data_name: str
    program: str = VERSION
    indicators: tuple[Indicator | None, ...] = ()
    vocabulary: Vocabulary | None = None

    def __post_init__(self) -> None:
        d, k, h, outputs = len(self.feature_names), self.k, len(self.class_names), self.outputs
        mean, std = self.standardiser.mean, self.standardiser.std
        if not d:
            raise DataError(tr("it has no features."))
        if self.indicators and len(self.indicators) != d:
            raise DataError(tr("each feature needs its word, or none."))
        if h < 2 or len(set(self.class_names)) < h:
            raise DataError(tr("it needs two or more classes with different names."))
        if self.config.model.is_neuron and h != 2:
            raise DataError(tr("it has {h} classes; a binary model has two.", h=h))
        if len(self.class_marks) != h or min(self.class_marks) < REST_MARK:
            raise DataError(tr("each class needs one mark."))
        for name, array, shape in (
            *self._layers(outputs, k),
            ("mean", mean, (k,)),
            ("std", std, (k,)),
        ):
            if array.shape != shape:
                raise DataError(
                    tr(
                        "{name} has the shape {shape}; {wanted} was expected.",
                        name=name,
                        shape=array.shape,
                        wanted=shape,
                    )
                )
            if not np.isfinite(array).all():
                raise DataError(tr("{name} holds a value that is no finite number.", name=name))
        if not (std > 0).all():
            raise DataError(tr("std holds a value that is not greater than 0."))
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise DataError(
                tr(
                    "scale is {scale}; it must be greater than 0.",
                    scale=localised(f"{self.scale:g}"),
                )
            )
        self._check_pictures()
        if self.vocabulary is not None:
            self._check_vocabulary(self.vocabulary)

    def _layers(self, outputs: int, k: int) -> Iterator[tuple[str, NDArray[Any], tuple[int, ...]]]:
        """Yield the name of each parameter, its array, and the expected shape."""
        params, u = self.params, self.config.model.hidden
        if (params.hidden is not None) != bool(u):
            raise DataError(
                tr("it has a hidden layer only in its numbers or only in its settings.")
            )
        yield "W", params.W, (outputs, u or k)
        yield "b", params.b, (outputs,)
        if params.hidden is not None:
            yield "V", params.hidden.V, (u, k)
            yield "c", params.hidden.c, (u,)

    def _check_pictures(self) -> None:
        shape = self.image_shape
        if shape is not None:
            if min(shape) < 1 or math.prod(shape) != len(self.feature_names):
                raise DataError(
                    tr(
                        "{count} pixels are no picture of {height} × {width}.",
                        count=format_integer(len(self.feature_names)),
                        height=shape[0],
                        width=shape[1],
                    )
                )
            if not self.feature_map.is_identity:
                raise DataError(tr("pictures have no feature map."))
        if self.recipe is not None and shape != (self.recipe.size, self.recipe.size):
            raise DataError(
                tr(
                    "drawings become {size} pixels wide; its pictures differ.",
                    size=self.recipe.size,
                )
            )

    def _check_vocabulary(self, vocabulary: Vocabulary) -> None:
        if len(vocabulary.words) != len(self.feature_names) or self.image_shape is not None:
            raise DataError(tr("its words are not its features."))
        if not (self.feature_map.is_identity and self.standardiser.is_identity):
            raise DataError(tr("words have no feature map, and are not standardised."))

    @classmethod
    def of(cls, task: Task, params: Params, step: int, epoch: int, metrics: Metrics) -> Self:
        """Return the model of a run; the arguments are the Snapshot fields of these names."""
        dataset = task.dataset
        return cls(
            config=task.config,
            params=params,
            class_names=dataset.class_names,
            class_marks=dataset.class_marks,
            feature_names=dataset.feature_names,
            unit=dataset.unit,
            standardiser=task.standardiser,
            image_shape=dataset.image_shape,
            scale=dataset.scale,
            recipe=_recipe_for(task),
            step=step,
            epoch=epoch,
            figures={
                name: value
                for name, value in zip(SERIES, metrics.figures, strict=True)
                if math.isfinite(value)
            },
            data_name=dataset.name,
            indicators=dataset.indicators if any(dataset.indicators) else (),
            vocabulary=dataset.vocabulary,
        )

    @property
    def outputs(self) -> int:
        """Number of rows of W: one for a neuron, else one per class or per pair of classes."""
        return self.config.model.outputs(len(self.class_names))

    @property
    def k(self) -> int:
        """Number of inputs; without a hidden layer, the columns of W."""
        return self.feature_map.k

    @cached_property
    def feature_map(self) -> FeatureMap:
        return FeatureMap(self.feature_names, self.config.data.degree, self.config.data.sine)

    @cached_property
    def columns(self) -> tuple[Asked, ...]:
        """What the model wants to know of an example: numbers, and words of known ones."""
        return asked_of(self.feature_names, self.indicators or (None,) * len(self.feature_names))

    def stored(self, values: NDArray[np.float64]) -> NDArray[np.floating]:
        """Return features in their own units as precisely as the training data were stored.

        float32, unless they are so large and so close together that it would not tell them apart.
        """
        d = len(self.feature_names)
        mean, std = self.standardiser.mean[:d], self.standardiser.std[:d]
        return values if (np.abs(mean) > MOST_OFFSET * std).any() else values.astype(np.float32)

    def bag_of(self, texts: Sequence[str]) -> csr_array:
        """Return the features (n, d) of texts, sparse, for a model of documents."""
        assert self.vocabulary is not None
        return self.vocabulary.features(Documents(tuple(texts)))

    def inputs(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the model's inputs X (n, k) for features (n, d) in their own units."""
        return self.standardiser.apply(self.feature_map.apply(values))

    def answers(
        self, values: NDArray[np.floating] | csr_array
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the class (n,) and the probabilities (n, classes) for features (n, d), n > 0.

        The features are in their own units. A row's answer does not depend on the others.
        """
        from core.explain import probe  # imports PyTorch, which opening a file does not need

        return probe.answers(self, self.params, values)

    def task(self, source: Dataset, device: str = "cpu") -> Task:
        """Return the task to continue training on these data, as from `load(model.config.data)`.

        With `warm_start.start_from` a trainer then continues from the model's weights. The
        standardiser is the model's own: for the same data it is identical, bit for bit, and for
        other data it keeps the meaning of W.
        device : to train on; the one that the model was trained on may be absent.
        Raises DataError if the features or classes are not the model's.
        """
        training = replace(self.config.training, device=device)
        task = prepare(source, replace(self.config, training=training))
        for said, found, wanted in (
            (
                mark(
                    "{name} has {n} features ({found}); the model was trained with {count} "
                    "({wanted}). Open the data that it was trained on."
                ),
                task.dataset.feature_names,
                self.feature_names,
            ),
            (
                mark(
                    "{name} has {n} classes ({found}); the model was trained with {count} "
                    "({wanted}). Open the data that it was trained on."
                ),
                task.dataset.class_names,
                self.class_names,
            ),
        ):
            if found != visible_names(wanted):
                raise DataError(
                    tr(
                        said,
                        name=source.name,
                        n=format_integer(len(found)),
                        found=_listed(found),
                        count=format_integer(len(wanted)),
                        wanted=_listed(wanted),
                    )
                )
        return replace(task, standardiser=self.standardiser)


def _recipe_for(task: Task) -> DigitPreprocessing | None:
    shape = task.dataset.image_shape
    if shape is None or shape[0] != shape[1] or task.dataset.looks != "ink":
        return None
    try:
        return DigitPreprocessing(size=shape[0], deskew=task.config.data.deskew)
    except ConfigError:  # too small or too large to draw
        return None


def _listed(names: tuple[str, ...], most: int = 8) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
