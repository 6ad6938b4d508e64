"""Programs as files: a script in PyTorch or NumPy, with its data file beside it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from core import VERSION, files
from core.exports import data_file
from core.exports.code.pieces import Language, Section
from core.exports.code.program import sections
from core.exports.exported_run import ExportedRun
from core.exports.plan import Plan

LIBRARIES: dict[Language, str] = {"torch": "PyTorch", "numpy": "NumPy"}
TOLERANCE = 1e-3  # of the largest weight: what NumPy's sums may differ by, which round otherwise
SQUARES = "s"  # the moment of an optimiser that divides by it
WIDTH = 99


def write_script(run: ExportedRun, path: Path, language: Language) -> tuple[Path, ...]:
    """Write the program and its data file; return both paths. Raises SaveError."""
    plan = Plan(run)
    beside = data_path(path)
    data_file.check_replaceable(beside)
    text = script(plan, language, beside.name)
    with files.writing_together() as together:
        with together.open(path) as file:
            file.write(text.encode())
        with together.open(beside) as file:
            data_file.write(plan, file)
    return path, beside


def data_path(path: Path) -> Path:
    """Return the place of the data file of a program."""
    return path.with_suffix(".npz")


def script(plan: Plan, language: Language, data_name: str) -> str:
    """Return the program as one text."""
    place = f"Path(__file__).with_name({data_name!a})"
    parts = sections(plan, language, place)
    return f'"""{introduction(plan, language)}\n"""\n\n' + "\n".join(_of(part) for part in parts)


def introduction(plan: Plan, language: Language) -> str:
    """Return what the program is, and how near it comes to the run."""
    library = LIBRARIES[language]
    is_whole = plan.settings.shares == 1
    if language == "torch" and plan.run.device == "cpu" and not plan.is_text and is_whole:
        exactly = (
            "It makes the same operations in the same order, so that on one kind of processor and "
            "with one version of PyTorch the weights are those of the run, bit for bit."
        )
    else:
        other = "PyTorch's" if language == "numpy" else f"those of {plan.run.device.upper()}"
        if plan.is_text and language == "torch":
            other = "those of the run, whose products are sparse"
        elif language == "torch" and not is_whole:
            other = f"those of the run, which sums each batch in {plan.settings.shares} shares"
        exactly = (
            f"Its sums round otherwise than {other}: the weights are those of the run but for "
            f"about {TOLERANCE:g} of the largest."
        )
        if SQUARES in plan.settings.rule.remembers:
            exactly += (
                f" {plan.settings.rule.title} divides a gradient by its own size: where it is 0 "
                "but for rounding, a weight goes by the rounding, and may differ more."
            )
    hidden = " with a hidden layer" if plan.hidden else ""
    title = f"{plan.kind.title}{hidden} in {library}, trained by {plan.settings.rule.title}."
    *names, last = plan.all_letters
    return "\n".join(
        (
            title,
            "",
            *wrapped(
                f"Written by Logit Lab {VERSION}. It repeats {plan.steps:,} updates of a run. "
                f"{exactly} It needs {_needed(plan, language)} and the data file beside it. At the "
                f"end {', '.join(names)} and {last} are its weights and biases."
            ),
        )
    )


def _needed(plan: Plan, language: Language) -> str:
    """Return the libraries that the program imports."""
    names = ["PyTorch", "NumPy", "SciPy"]
    used = names[language == "numpy" : 3 if plan.is_text else 2]
    return " and ".join(filter(None, [", ".join(used[:-1]), used[-1]]))


def _of(section: Section) -> str:
    """Return a section with its words as comments."""
    words = "\n".join(f"# {line}" for line in wrapped(section.words, WIDTH - 2))
    rule = f"# {section.title} ".ljust(WIDTH, "-")
    return f"\n{rule}\n{words}\n\n{section.code}\n"


def wrapped(words: str, width: int = WIDTH) -> list[str]:
    """Return words as lines of at most this width."""
    return textwrap.wrap(words, width, break_long_words=False)
