"""Models on disk: one file with all that prediction needs, and no code that runs on loading.

The format is safetensors (github.com/huggingface/safetensors): the length of a header, the header
in JSON, then the tensors: W and b, with a hidden layer also V and c, in float32, and mean and std
of the standardiser in float64. One entry of the header's `__metadata__` holds everything else, as
JSON text; another may hold the model's card, in Markdown, which is not read again.

Everything is validated, so that an invalid or malicious file is rejected with a message, using
little memory.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from core import VERSION, files
from core.config import BagOptions, RunConfig
from core.data.digits.drawing import DigitPreprocessing
from core.data.indicators import Indicator
from core.data.preprocessing import Standardiser
from core.errors import ConfigError, DataError, SaveError
from core.language import in_a_row, mark, tr
from core.number_format import format_integer
from core.runs import json_object
from core.runs.json_object import JsonObject, quoted
from core.runs.model import Model
from core.train.history import SERIES
from core.train.snapshot import Params

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from core.data.text.vocabulary import Vocabulary

ENDING = ".safetensors"
ENTRY = "logitlab"  # key in the metadata
CARD = "model_card"  # another one
FORMAT = 1  # incremented when an older version would misread the file
MAX_BYTES = 2**28  # enough for 10 classes of 6 million inputs
MAX_HEADER = 2**24
MAX_REASON = 300  # characters
ADVICE = mark("Choose a file that Logit Lab saved.")
# Other formats that users may choose by mistake, by their first bytes.
FOREIGN = {
    b"\x89PNG": mark("is a picture"),
    b"\xff\xd8\xff": mark("is a picture"),
    b"PK\x03\x04": mark("is an archive, such as PyTorch's .pt"),
    b"\x80": mark("is a pickle, which can run programs on loading and is not opened"),
    b"\x1f\x8b": mark("is a gzip file"),
}


TENSORS = {"W": ("F32", 2), "b": ("F32", 1), "mean": ("F64", 1), "std": ("F64", 1)}  # and axes
HIDDEN_TENSORS = {"V": ("F32", 2), "c": ("F32", 1)}
STORED = {"F32": "<f4", "F64": "<f8"}


def save(model: Model, path: Path, card: str = "") -> None:
    """Write the model to a file atomically. Raises SaveError.

    card : what is to be known of it, in Markdown; for people who look into the file.
    """
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
        "indicators": model.indicators,
        "image_shape": model.image_shape,
        "scale": model.scale,
        "recipe": None if model.recipe is None else asdict(model.recipe),
        "step": model.step,
        "epoch": model.epoch,
        "figures": model.figures,
    }
    if model.vocabulary is not None:  # whose words are the features
        about["vocabulary"] = {
            "documents": model.vocabulary.n,
            "document_counts": model.vocabulary.document_counts.tolist(),
        }
    tensors: dict[str, NDArray[Any]] = {
        **{
            name: np.ascontiguousarray(array, dtype=np.float32)
            for name, array in zip(("W", "b", "V", "c"), model.params.arrays, strict=False)
        },
        "mean": np.ascontiguousarray(model.standardiser.mean, dtype=np.float64),
        "std": np.ascontiguousarray(model.standardiser.std, dtype=np.float64),
    }
    entries = {ENTRY: json.dumps(about, allow_nan=False)} | ({CARD: card} if card else {})
    data = serialised(tensors, entries)
    if len(data) > MAX_BYTES or _header_length(data) > MAX_HEADER:
        raise SaveError(
            tr("{path} is not written: the model is too large to be read again.", path=path)
        )
    with files.writing_bytes(path) as file:
        file.write(data)


def with_ending(path: Path) -> Path:
    """Return the path, with .safetensors added unless it ends so.

    Raises SaveError for any other ending: it would name a format that the file does not have.
    """
    if path.suffix.lower() == ENDING or path.is_dir() or (path.exists() and not path.is_file()):
        return path
    if path.suffix[1:2].isalpha():
        raise SaveError(
            tr(
                "{name} is not written: a model is saved in the format safetensors, not as "
                "{suffix}. Name it {other}.",
                name=path.name,
                suffix=path.suffix,
                other=path.with_suffix(ENDING).name,
            )
        )
    return path.with_name(path.name + ENDING)


def is_model(path: Path) -> bool:
    """Return whether the file is in the format of models, by its first bytes."""
    if not path.is_file():  # opening a pipe would wait for somebody to write
        return False
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except (OSError, ValueError):
        return False
    return head[8:9] == b"{" and 0 < _header_length(head) <= MAX_HEADER


def load(path: Path) -> Model:
    """Read a model. Raises DataError, with a short message, for any other or invalid file."""
    data = files.contents(path, mark("a model"), MAX_BYTES)
    about = _about(path.name, data)
    try:
        return _model(about, data)
    except (ConfigError, DataError) as error:
        reason = " ".join(str(error).split())
        reason = reason if len(reason) < MAX_REASON else f"{reason[:MAX_REASON]}…"
        # An unknown setting may come from a newer version.
        if about.get("program") == VERSION:
            said = tr(
                "{name} is damaged: {reason} Save the model again.", name=path.name, reason=reason
            )
        else:
            said = tr(
                "{name} is damaged, or of another version of Logit Lab: {reason} Save the model "
                "again.",
                name=path.name,
                reason=reason,
            )
        raise DataError(said) from error


def _about(name: str, data: bytes) -> dict[str, Any]:
    """Return our metadata entry, parsed. Raises DataError if the format is not known."""

    def refuse(found: str) -> NoReturn:
        said = tr("{name} {found}; a model was expected.", name=name, found=found)
        raise DataError(in_a_row(said, tr(ADVICE)))

    if not data:
        refuse(tr("is empty (0 bytes)"))
    if data[8:9] != b"{":  # the header's first byte
        kinds = (found for magic, found in FOREIGN.items() if data.startswith(magic))
        refuse(tr(next(kinds, "is no safetensors file")))
    length = _header_length(data)
    if length > MAX_HEADER:
        refuse(tr("says that its header has {length} bytes", length=format_integer(length)))
    if length > len(data) - 8:
        raise DataError(
            tr(
                "{name} breaks off after {size} bytes, within its header of {length}. Get the "
                "file again.",
                name=name,
                size=format_integer(len(data)),
                length=format_integer(length),
            )
        )
    header = json_object.parse(data[8 : 8 + length])
    if not isinstance(header, dict):
        refuse(tr("is no safetensors file"))
    metadata = header.get("__metadata__")
    text = metadata.get(ENTRY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        refuse(tr("is a safetensors file of another program"))
    about = json_object.parse(text.encode(errors="replace"))
    version = about.get("format") if isinstance(about, dict) else None
    if not isinstance(about, dict) or type(version) is not int or version < 1:
        said = tr("{name} is damaged: what it says of itself cannot be read.", name=name)
        raise DataError(in_a_row(said, tr(ADVICE)))
    if version > FORMAT:
        raise DataError(
            tr(
                "{name} was written by a newer Logit Lab (format {version}; this one reads "
                "{known}). Update Logit Lab.",
                name=name,
                version=quoted(version),
                known=FORMAT,
            )
        )
    return about


def _header_length(data: bytes) -> int:
    return int.from_bytes(data[:8], "little")


def _model(about: dict[str, Any], data: bytes) -> Model:
    """Build the model from the parsed metadata entry and the tensors."""
    stated = JsonObject(about)
    figures = JsonObject(stated.member("figures", dict))
    config = RunConfig.from_dict(stated.member("config", dict))
    layers = [*TENSORS, *HIDDEN_TENSORS] if config.model.hidden else list(TENSORS)
    tensors = _tensors(data, layers)
    parameters = [tensors[name] for name in ("W", "b", "V", "c") if name in tensors]
    return Model(
        config=config,
        params=Params.of(config.model, parameters),
        class_names=stated.texts("classes"),
        class_marks=stated.whole_numbers("marks"),
        feature_names=stated.texts("features"),
        unit=stated.text("unit"),
        standardiser=Standardiser(tensors["mean"], tensors["std"]),
        image_shape=stated.shape("image_shape"),
        scale=stated.number("scale"),
        recipe=_recipe(stated.get("recipe")),
        step=stated.count("step"),
        epoch=stated.count("epoch"),
        figures={name: figures.number(name) for name in SERIES if name in figures},
        data_name=stated.text("data"),
        program=stated.text("program"),
        indicators=_indicators(stated),
        vocabulary=_vocabulary(stated, config.data.bag) if "vocabulary" in stated else None,
    )


def _vocabulary(stated: JsonObject, options: BagOptions) -> Vocabulary:
    """Return the vocabulary of a model of documents, from which its idf follow."""
    from core.data.text.vocabulary import Vocabulary

    known = JsonObject(stated.member("vocabulary", dict))
    counts = np.array(known.whole_numbers("document_counts"), dtype=np.int64)
    return Vocabulary.checked(stated.texts("features"), counts, known.count("documents"), options)


def _indicators(stated: JsonObject) -> tuple[Indicator | None, ...]:
    """Return the words that features stand for; files of older versions have none."""
    if "indicators" not in stated:
        return ()
    return tuple(
        None if each is None else Indicator(*_three_texts(each))
        for each in stated.member("indicators", list)
    )


def _three_texts(value: object) -> tuple[str, ...]:
    texts = JsonObject({"indicators": value}).texts("indicators")
    if len(texts) != len(Indicator._fields):
        raise DataError(tr("“{name}” holds {value}.", name="indicators", value=quoted(value)))
    return texts


def _tensors(data: bytes, names: list[str]) -> dict[str, NDArray[Any]]:
    """Return the named tensors: parameters in float32, mean (k,) and std (k,) in float64."""
    from safetensors import SafetensorError, deserialize

    try:
        found = dict(deserialize(data))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise DataError(
            tr("its numbers are not where they should be ({error}).", error=error)
        ) from error
    arrays = {}
    for name in names:
        kind, axes = (TENSORS | HIDDEN_TENSORS)[name]
        tensor = found.get(name)
        if tensor is None:
            raise DataError(tr("{name} is missing.", name=name))
        shape = tensor["shape"]
        if tensor["dtype"] != kind or len(shape) != axes or not math.prod(shape):
            raise DataError(
                tr(
                    "{name} is {kind} of the shape {shape}.",
                    name=name,
                    kind=tensor["dtype"],
                    shape=quoted(tuple(shape)),
                )
            )
        stored = np.frombuffer(tensor["data"], dtype=STORED[kind])
        arrays[name] = stored.reshape(shape).astype(stored.dtype.newbyteorder("="))
    return arrays


def _recipe(value: object) -> DigitPreprocessing | None:
    if value is None:
        return None
    known = asdict(DigitPreprocessing())
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise DataError(tr("the recipe of its pictures is {value}.", value=quoted(value)))
    for name, setting in value.items():
        if name == "pen_width":
            if setting is not None:
                JsonObject(value).number(name)
        elif type(setting) is not type(known[name]):
            raise DataError(
                tr("{name} of the recipe is {setting}.", name=name, setting=quoted(setting))
            )
    return DigitPreprocessing(**value)
