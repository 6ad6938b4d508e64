"""The figures of README are those of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.classroom.room import MOST_PHONES
from core.config import MAX_DEGREE, MAX_HIDDEN
from core.data.pens.drawings import drawings
from core.data.pens.shapes import shapes
from core.teach.derivations.catalogue import DERIVATIONS
from core.teach.lesson import DEMOS
from core.train.history import SAMPLE
from gui.kit import zoom

README = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
WORDS = {13: "Thirteen", 17: "Seventeen"}


@pytest.mark.parametrize(
    "claim",
    [
        f"a hidden layer of up to {MAX_HIDDEN} units",
        f"feature maps up to degree {MAX_DEGREE}",
        f"everything from {zoom.LEVELS[0]:.0%}".rstrip("%") + f" to {zoom.LEVELS[-1] * 100:.0f} %",
        f"Of more than {SAMPLE:,} training rows a fixed sample",
        f"adds {len(drawings()):,} drawings of {len(shapes()):,} ways of writing digits",
        f"**{WORDS[len(DERIVATIONS)]} derivations**",
        f"**{WORDS[len(DEMOS)]} demonstrations**",
        f"up to {MOST_PHONES} phones",
    ],
)
def test_a_figure_of_readme_is_the_programs(claim):
    assert claim in README
