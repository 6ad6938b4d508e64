"""Models on disk: one file with all that prediction needs, and nothing that runs on loading.

The format is safetensors (github.com/huggingface/safetensors): the length of a header, the header
in JSON, then numbers. There are four tensors: W and b in float32, mean and std of the standardiser
in float64. Of the header's `__metadata__` one entry is ours, JSON text with everything else.

Nothing is believed before it is checked, so that a foreign, damaged or hostile file costs a
sentence and little memory.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from core import VERSION, files
from core.config import RunConfig
from core.data.dataset import REST_MARK, Dataset
from core.data.digit_image import Recipe
from core.data.preprocessing import FeatureMap, Standardiser
from core.data.task import Task, prepare
from core.errors import ConfigError, DataError, SaveError
from core.invisible_characters import visible_names
from core.train.history import SERIES
from core.train.snapshot import Metrics, Params

ENDING = ".safetensors"
ENTRY = "logitlab"  # of the metadata
FORMAT = 1  # counted up when what an older program makes of a file would be wrong
MAX_BYTES = 2**28  # as much as 10 classes of 6 million inputs
MAX_HEADER = 2**24
SHORT = 60  # characters of a value in a sentence
ADVICE = "Choose a file that Logit Lab saved."
# Whose files are mistaken for ours, by their first bytes.
FOREIGN = {
    b"\x89PNG": "is a picture",
    b"\xff\xd8\xff": "is a picture",
    b"PK\x03\x04": "is an archive, such as PyTorch's .pt",
    b"\x80": "is a pickle, which can run programs on loading and is not opened",
    b"\x1f\x8b": "is a gzip file",
}

TENSORS = {"W": ("F32", 2), "b": ("F32", 1), "mean": ("F64", 1), "std": ("F64", 1)}  # and axes
HIDDEN_TENSORS = {"V": ("F32", 2), "c": ("F32", 1)}
STORED = {"F32": "<f4", "F64": "<f8"}

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model with all that prediction needs, and what training it further needs.

    config : of the run that trained it, each “the data's own choice” replaced by what that was.
    params : W (outputs, k) and b (outputs,), k inputs; or those of a model with a hidden layer.
    class_names : of the answers; class_marks, the number of each one's colour and shape.
    feature_names : of what goes in, (d,); unit, of each of them, "" for none.
    standardiser : of the k inputs that config's feature map makes of the features.
    image_shape : (rows, columns) where the features are pixels, in 0 … 1; they were stored as
        0 … `scale`.
    recipe : that makes a picture of a drawing; None where drawings mean nothing to the model.
    figures : of `history.SERIES` those that exist, as they were last measured; for information.
    data_name, program : what it was trained on, the version that saved it; for information.

    Raises DataError where these do not fit each other.
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
    recipe: Recipe | None
    step: int
    epoch: int
    figures: dict[str, float]
    data_name: str
    program: str = VERSION

    def __post_init__(self) -> None:
        d, k, h, outputs = len(self.feature_names), self.k, len(self.class_names), self.outputs
        mean, std = self.standardiser.mean, self.standardiser.std
        if not d:
            raise DataError("it has no features.")
        if h < 2 or len(set(self.class_names)) < h:
            raise DataError("it needs two or more classes with different names.")
        if self.config.model.is_neuron and h != 2:
            raise DataError(f"it has {h} classes; a binary model has two.")
        if len(self.class_marks) != h or min(self.class_marks) < REST_MARK:
            raise DataError("each class needs one mark.")
        for name, array, shape in (
            *self._layers(outputs, k),
            ("mean", mean, (k,)),
            ("std", std, (k,)),
        ):
            if array.shape != shape:
                raise DataError(f"{name} has the shape {array.shape}; {shape} was expected.")
            if not np.isfinite(array).all():
                raise DataError(f"{name} holds a value that is no finite number.")
        if not (std > 0).all():
            raise DataError("std holds a value that is not greater than 0.")
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise DataError(f"scale is {self.scale:g}; it must be greater than 0.")
        self._check_pictures()

    def _layers(self, outputs: int, k: int) -> Iterator[tuple[str, NDArray[Any], tuple[int, ...]]]:
        """Yield the name of each parameter, what it is, and the shape that it should have."""
        params, u = self.params, self.config.model.hidden
        if (params.hidden is not None) != bool(u):
            raise DataError("it has a hidden layer only in its numbers or only in its settings.")
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
                    f"{len(self.feature_names):,} pixels are no picture of {shape[0]} × {shape[1]}."
                )
            if not self.feature_map.is_identity:
                raise DataError("pictures have no feature map.")
        if self.recipe is not None and shape != (self.recipe.size, self.recipe.size):
            raise DataError(f"drawings become {self.recipe.size} pixels wide; its pictures differ.")

    @classmethod
    def of(cls, task: Task, params: Params, step: int, epoch: int, metrics: Metrics) -> Self:
        """Return the model that a run has come to; of a Snapshot take the fields of these names."""
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
        )

    @property
    def outputs(self) -> int:
        """Rows of W: one for a neuron, one for each class or for each pair of them."""
        return self.config.model.outputs(len(self.class_names))

    @property
    def k(self) -> int:
        """Inputs, columns of W."""
        return self.feature_map.k

    @cached_property
    def feature_map(self) -> FeatureMap:
        return FeatureMap(self.feature_names, self.config.data.degree, self.config.data.sine)

    def inputs(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return X (n, k) as the weights take it from features (n, d) in their own units."""
        return self.standardiser.apply(self.feature_map.apply(values))

    def probabilities(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the probabilities (n, classes) for features (n, d) in their own units."""
        from core.explain import probe  # brings PyTorch, which opening a file need not wait for

        return probe.probabilities(self, self.params, values)

    def task(self, source: Dataset, device: str = "cpu") -> Task:
        """Return the task of training on with these data, as `load(model.config.data)` gives them.

        `Trainer.start_from(model.params)` then goes on where the model was. The standardiser is
        the model's own: of the data that it was trained with it is the same, bit for bit, and of
        others W says what it was trained to say.
        device : to train on; the one that the model came from may not be here.
        Raises DataError where features or classes are not the model's.
        """
        training = replace(self.config.training, device=device)
        task = prepare(source, replace(self.config, training=training))
        for what, found, wanted in (
            ("features", task.dataset.feature_names, self.feature_names),
            ("classes", task.dataset.class_names, self.class_names),
        ):
            if found != visible_names(wanted):
                raise DataError(
                    f"{source.name} has {len(found):,} {what} ({_listed(found)}); the model was "
                    f"trained with {len(wanted):,} ({_listed(wanted)}). Open the data that it was "
                    "trained on."
                )
        return replace(task, standardiser=self.standardiser)


def save(model: Model, path: Path) -> None:
    """Write the model to a file, whole or not at all. Raises SaveError."""
    from safetensors.numpy import save as serialised

    about = {
        "format": FORMAT,
        "program": VERSION,
        "config": model.config.to_dict(),
        "data": model.data_name,
        "classes": model.class_names,
        "marks": model.class_marks,
        "features": model.feature_names,
        "unit": model.unit,
        "image_shape": model.image_shape,
        "scale": model.scale,
        "recipe": None if model.recipe is None else asdict(model.recipe),
        "step": model.step,
        "epoch": model.epoch,
        "figures": model.figures,
    }
    tensors: dict[str, NDArray[Any]] = {
        **{
            name: np.ascontiguousarray(array, dtype=np.float32)
            for name, array in zip(("W", "b", "V", "c"), model.params.arrays, strict=False)
        },
        "mean": np.ascontiguousarray(model.standardiser.mean, dtype=np.float64),
        "std": np.ascontiguousarray(model.standardiser.std, dtype=np.float64),
    }
    data = serialised(tensors, {ENTRY: json.dumps(about, allow_nan=False)})
    if len(data) > MAX_BYTES or _header_length(data) > MAX_HEADER:
        raise SaveError(f"{path} is not written: the model is too large to be read again.")
    with files.writing_bytes(path) as file:
        file.write(data)


def with_ending(path: Path) -> Path:
    """Return the path, with .safetensors where its name has no ending."""
    return path if path.suffix or path.is_dir() else path.with_suffix(ENDING)


def load(path: Path) -> Model:
    """Read a model. Raises DataError, in one sentence or two, for whatever else the file is."""
    data = files.contents(path, "a model", MAX_BYTES)
    about = _about(path.name, data)
    try:
        return _model(about, data)
    except (ConfigError, DataError) as error:
        reason = " ".join(str(error).split())
        reason = reason if len(reason) < 5 * SHORT else f"{reason[: 5 * SHORT]}…"
        # A setting that is not known here may be a newer one.
        other = "" if about.get("program") == VERSION else ", or of another version of Logit Lab"
        raise DataError(f"{path.name} is damaged{other}: {reason} Save the model again.") from error


def _recipe_for(task: Task) -> Recipe | None:
    shape = task.dataset.image_shape
    if shape is None or shape[0] != shape[1]:
        return None
    try:
        return Recipe(size=shape[0], deskew=task.config.data.deskew)
    except ConfigError:  # too small or too large to draw
        return None


def _about(name: str, data: bytes) -> dict[str, Any]:
    """Return what the header says of the model, as far as its format is known."""

    def refuse(found: str) -> NoReturn:
        raise DataError(f"{name} {found}; a model was expected. {ADVICE}")

    if not data:
        refuse("is empty (0 bytes)")
    if data[8:9] != b"{":  # where the header begins
        kinds = (found for magic, found in FOREIGN.items() if data.startswith(magic))
        refuse(next(kinds, "is no safetensors file"))
    length = _header_length(data)
    if length > MAX_HEADER:
        refuse(f"says that its header has {length:,} bytes")
    if length > len(data) - 8:
        raise DataError(
            f"{name} breaks off after {len(data):,} bytes, within its header of {length:,}. "
            "Get the file again."
        )
    header = _json(data[8 : 8 + length])
    if not isinstance(header, dict):
        refuse("is no safetensors file")
    metadata = header.get("__metadata__")
    text = metadata.get(ENTRY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        refuse("is a safetensors file of another program")
    about = _json(text.encode(errors="replace"))
    version = about.get("format") if isinstance(about, dict) else None
    if not isinstance(about, dict) or type(version) is not int or version < 1:
        raise DataError(f"{name} is damaged: what it says of itself cannot be read. {ADVICE}")
    if version > FORMAT:
        raise DataError(
            f"{name} was written by a newer Logit Lab (format {_short(version)}; this one reads "
            f"{FORMAT}). Update Logit Lab."
        )
    return about


def _header_length(data: bytes) -> int:
    return int.from_bytes(data[:8], "little")


def _model(about: dict[str, Any], data: bytes) -> Model:
    """Build the model from what the header says, and from the numbers."""
    shape = about.get("image_shape")
    figures = _field(about, "figures", dict)
    config = RunConfig.from_dict(_field(about, "config", dict))
    layers = [*TENSORS, *HIDDEN_TENSORS] if config.model.hidden else list(TENSORS)
    tensors = _tensors(data, layers)
    parameters = [tensors[name] for name in ("W", "b", "V", "c") if name in tensors]
    return Model(
        config=config,
        params=Params.of(config.model, parameters),
        class_names=_texts(about, "classes"),
        class_marks=_whole_numbers("marks", about.get("marks")),
        feature_names=_texts(about, "features"),
        unit=_text("unit", about.get("unit")),
        standardiser=Standardiser(tensors["mean"], tensors["std"]),
        image_shape=None if shape is None else _pair(shape),
        scale=_number("scale", about.get("scale")),
        recipe=_recipe(about.get("recipe")),
        step=_count("step", about.get("step")),
        epoch=_count("epoch", about.get("epoch")),
        figures={name: _number(name, figures[name]) for name in SERIES if name in figures},
        data_name=_text("data", about.get("data")),
        program=_text("program", about.get("program")),
    )


def _tensors(data: bytes, names: list[str]) -> dict[str, NDArray[Any]]:
    """Return the parameters in float32, mean (·,) and std (·,) in float64."""
    from safetensors import SafetensorError, deserialize

    try:
        found = dict(deserialize(data))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise DataError(f"its numbers are not where they should be ({error}).") from error
    arrays = {}
    for name in names:
        kind, axes = (TENSORS | HIDDEN_TENSORS)[name]
        tensor = found.get(name)
        if tensor is None:
            raise DataError(f"{name} is missing.")
        shape = tensor["shape"]
        if tensor["dtype"] != kind or len(shape) != axes or not math.prod(shape):
            raise DataError(f"{name} is {tensor['dtype']} of the shape {_short(tuple(shape))}.")
        stored = np.frombuffer(tensor["data"], dtype=STORED[kind])
        arrays[name] = stored.reshape(shape).astype(stored.dtype.newbyteorder("="))
    return arrays


def _recipe(value: object) -> Recipe | None:
    if value is None:
        return None
    known = asdict(Recipe())
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise DataError(f"the recipe of its pictures is {_short(value)}.")
    for name, setting in value.items():
        if name == "pen_width":
            if setting is not None:
                _number(name, setting)
        elif type(setting) is not type(known[name]):
            raise DataError(f"{name} of the recipe is {_short(setting)}.")
    return Recipe(**value)


def _json(data: bytes) -> Any:
    """Return what the JSON says, or None where it is none; NaN and Infinity are none."""
    try:
        return json.loads(data.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _field(about: dict[str, Any], name: str, kind: type[Value]) -> Value:
    value = about.get(name)
    if not isinstance(value, kind):
        raise DataError(f"“{name}” is {_short(value)}.")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise DataError(f"“{name}” is {_short(value)}; text was expected.")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise DataError(f"“{name}” is {_short(value)}; half a character cannot be shown.")
    return value


def _texts(about: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_text(name, value) for value in _field(about, name, list))


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"“{name}” is {_short(value)}; a number was expected.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DataError(f"“{name}” is {_short(value)}; it is too large.")
    return number


def _count(name: str, value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise DataError(f"“{name}” is {_short(value)}; a count was expected.")
    return value


def _whole_numbers(name: str, values: object) -> tuple[int, ...]:
    if not isinstance(values, list) or not all(
        type(value) is int and abs(value) < 2**31 for value in values
    ):
        raise DataError(f"“{name}” is {_short(values)}; whole numbers were expected.")
    return tuple(values)


def _pair(value: object) -> tuple[int, int]:
    numbers = _whole_numbers("image_shape", value)
    if len(numbers) != 2:
        raise DataError(f"“image_shape” is {_short(value)}; rows and columns were expected.")
    return numbers[0], numbers[1]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


def _listed(names: tuple[str, ...], most: int = 8) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
