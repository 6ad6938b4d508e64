"""The file of a project: a zip of `project.json` and the arrays it names, `arrays.safetensors`.

What is read is checked before it is believed: the archive's own sizes before anything is unpacked,
the version before anything is interpreted. Nothing in a file is executed.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from core import files, memory
from core.errors import DataError
from core.language import in_a_row, mark, tr
from core.number_format import format_integer
from core.projects.structure import Array
from core.runs import json_object
from core.runs.json_object import quoted

ENDING = ".logitlab"
FORMAT = 1  # incremented when an older version would misread the file
TEXT, ARRAYS = "project.json", "arrays.safetensors"
MAX_TEXT, MAX_ARRAYS = 2**28, 2**34  # bytes when unpacked
MAX_RATIO = 1100  # deflate packs to 1/1032 at best: more is a lie
LEVEL = 1  # of compression: saving should be quick
PIECE = 2**20  # bytes written at once
SAMPLES, SAMPLE = 32, 2**13  # pieces and bytes of each that show whether compression pays
WORTHWHILE = 0.7  # of the bytes: weights shrink to 0.8 and would keep a processor busy for it
ADVICE = mark("Choose a project that Logit Lab saved.")
DTYPES: dict[np.dtype[Any], str] = {  # of safetensors
    np.dtype(np.float32): "F32",
    np.dtype(np.float64): "F64",
    np.dtype(np.int32): "I32",
    np.dtype(np.int64): "I64",
    np.dtype(np.uint8): "U8",
    np.dtype(np.bool_): "BOOL",
}
BY_NAME = {name: dtype for dtype, name in DTYPES.items()}
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def write(path: Path, contents: dict[str, Any], arrays: Sequence[Array]) -> None:
    """Write contents, JSON-compatible values, and the arrays they name. Raises SaveError."""
    text = json.dumps(contents | {"format": FORMAT}, allow_nan=False, ensure_ascii=False)
    kind = zipfile.ZIP_DEFLATED if _shrink(arrays) else zipfile.ZIP_STORED
    with (
        files.writing_bytes(path) as file,
        zipfile.ZipFile(file, "w", kind, compresslevel=LEVEL) as packed,
    ):
        packed.writestr(TEXT, text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED, LEVEL)
        with packed.open(ARRAYS, "w", force_zip64=True) as member:
            for piece in _safetensors(arrays):
                member.write(piece)


def with_ending(path: Path) -> Path:
    """Return the path, with .logitlab added unless it ends so."""
    if path.suffix.lower() == ENDING or path.is_dir():
        return path
    return path.with_name(path.name + ENDING)


def nbytes(arrays: Sequence[Array]) -> int:
    """Return how many bytes these arrays take unpacked."""
    return sum(array.nbytes for array in arrays)


def _shrink(arrays: Sequence[Array]) -> bool:
    """Return whether the arrays are worth compressing, judged by samples all over their bytes."""
    ends = np.cumsum([0, *(array.nbytes for array in arrays)], dtype=np.int64)
    before = after = 0
    for begin in np.linspace(0, ends[-1], SAMPLES, endpoint=False) if ends[-1] else ():
        k = int(np.searchsorted(ends, begin, side="right")) - 1  # the array that lies there
        first = int(begin - ends[k]) // arrays[k].itemsize
        sample = arrays[k].reshape(-1)[first:][: SAMPLE // arrays[k].itemsize].tobytes()
        before += len(sample)
        after += len(zlib.compress(sample, LEVEL))
    return after <= WORTHWHILE * before


def _safetensors(arrays: Sequence[Array]) -> Iterator[bytes | memoryview]:
    """Yield a safetensors file in pieces, without a second copy of all arrays in memory."""
    header, end = {}, 0
    for k, array in enumerate(arrays):
        begin, end = end, end + array.nbytes
        dtype = DTYPES[array.dtype.newbyteorder("=")]
        header[str(k)] = {"dtype": dtype, "shape": array.shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    for array in arrays:
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        flat = np.ascontiguousarray(little).reshape(-1).view(np.uint8).data
        for begin in range(0, len(flat), PIECE):
            yield flat[begin : begin + PIECE]


def read(path: Path) -> tuple[dict[str, Any], list[Array]]:
    """Return the contents and the arrays of a project's file; raise DataError for any other."""
    return _read(path, has_arrays=True)


def read_contents(path: Path) -> dict[str, Any]:
    """Return the contents of a project's file without its arrays; raise DataError as `read`."""
    return _read(path, has_arrays=False)[0]


def _read(path: Path, *, has_arrays: bool) -> tuple[dict[str, Any], list[Array]]:
    name = path.name
    try:
        with _opened(path) as file, zipfile.ZipFile(file) as packed:
            members = _members(name, packed)
            contents = _parsed(name, packed.read(members[TEXT]))
            arrays = _arrays(packed.read(members[ARRAYS])) if has_arrays else []
    except UNREADABLE as error:
        _refuse(name, tr("cannot be unpacked ({error})", error=error))
    except DataError as error:
        if str(error).startswith(name):
            raise
        _refuse(name, tr("is damaged: {error}", error=error))
    except OSError as error:
        raise DataError(
            tr("{name} cannot be read: {error}.", name=name, error=files.reason(error))
        ) from error
    return contents, arrays


def is_project(path: Path) -> bool:
    """Return whether the file is a project, by its contents: an archive with our text."""
    if not path.is_file():  # opening a pipe would wait for somebody to write
        return False
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as packed:
            return {TEXT, ARRAYS} <= set(packed.namelist())
    except (*UNREADABLE, OSError, ValueError):
        return False


def _opened(path: Path) -> IO[bytes]:
    """Open a regular file. Raises DataError."""
    if path.is_dir():
        raise DataError(tr("{name} is a folder; choose a project in it.", name=path.name))
    if not path.exists():
        raise DataError(f"{tr('{name}: there is no such file.', name=path.name)} {tr(ADVICE)}")
    if not path.is_file():
        raise DataError(f"{tr('{name} is no ordinary file.', name=path.name)} {tr(ADVICE)}")
    return path.open("rb")


def _members(name: str, packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the two members, whose sizes are possible and fit into memory."""
    found = {each.filename: each for each in packed.infolist()}
    if set(found) != {TEXT, ARRAYS} or len(packed.infolist()) != len(found):
        _refuse(name, tr("is an archive, but no project"))
    for member, most in ((TEXT, MAX_TEXT), (ARRAYS, MAX_ARRAYS)):
        about = found[member]
        if about.file_size > min(most, MAX_RATIO * max(about.compress_size, 1)):
            _refuse(
                name,
                tr(
                    "says that {member} has {file_size} bytes",
                    member=member,
                    file_size=format_integer(about.file_size),
                ),
            )
    size = sum(each.file_size for each in found.values())
    memory.check(
        2 * size, tr("Opening {name}", name=name), tr("Open it on a computer with more memory.")
    )
    return found


def _parsed(name: str, text: bytes) -> dict[str, Any]:
    contents = json_object.parse(text)
    version = contents.get("format") if isinstance(contents, dict) else None
    if not isinstance(contents, dict) or type(version) is not int or version < 1:
        raise DataError(tr("what it says of itself cannot be read."))
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
    del contents["format"]
    return contents


def _arrays(data: bytes) -> list[Array]:
    """Return the arrays, which may be written to."""
    from safetensors import SafetensorError, deserialize

    try:
        found = dict(deserialize(data))  # type: ignore[no-untyped-call]
        named = [found[str(k)] for k in range(len(found))]
    except (SafetensorError, KeyError) as error:
        raise DataError(
            tr("its numbers are not where they should be ({error}).", error=error)
        ) from error
    arrays = []
    for tensor in named:
        dtype = BY_NAME.get(tensor["dtype"])
        if dtype is None:
            raise DataError(
                tr("it holds numbers of the kind {kind}.", kind=quoted(tensor["dtype"]))
            )
        stored = np.frombuffer(tensor["data"], dtype.newbyteorder("<"))
        arrays.append(stored.reshape(tensor["shape"]).astype(dtype))
    return arrays


def _refuse(name: str, found: str) -> NoReturn:
    said = tr("{name} {found}.", name=name, found=found)
    raise DataError(in_a_row(said, tr(ADVICE)))
