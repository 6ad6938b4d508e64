"""The generated reference has all that the program has."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from documentation import command_line, inserts, sources, texts, theory
from documentation.marked import plain
from latex2mathml.converter import convert

from core.cli.parser import COMMANDS
from core.config import RunConfig
from core.evaluate.classification import wilson
from core.library import public
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from core.projects.setup_text import settings_of
from core.teach import glossary
from core.teach.derivations.catalogue import DERIVATIONS
from tests.docs.pages import all_pages

README = Path(__file__).parents[2] / "README.md"
MATH = re.compile(r"\$\$(.+?)\$\$|(?<![\\$`])\$([^$\n]+)\$", re.DOTALL)


def test_every_command_and_every_option_is_listed():
    page = command_line.commands()
    found = command_line.parsers()
    assert set(found) == {"", command_line.GOING_ON, *COMMANDS}
    for name, parser in found.items():
        title = f"## `{name}`" if name else "## The window"
        section = page.split(f"{title}\n")[1].split("\n## ")[0]
        listed = set(re.findall(r"`(--?[\w-]+)", section))
        assert listed >= set(re.findall(r"(?<![\w-])--[a-z][\w-]*", parser.format_usage())), name


def test_every_setting_says_what_it_is():
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", texts.settings(), re.MULTILINE)
    assert [name for name, _ in rows] == list(settings_of(RunConfig()))
    assert [name for name, words in rows if not words] == []


def test_every_public_name_of_the_library_has_a_section_with_words():
    page = sources.library()
    sections = dict(re.findall(r"^## `(\w+)`\n+(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert list(sections) == public.__all__
    for name, text in sections.items():
        value = getattr(public, name)
        assert len(re.sub(r"```.*?```", "", text, flags=re.DOTALL).strip()) > 20, name
        if isinstance(value, type):
            for member in sources.members(value):
                assert f"### `{name}.{member}`" in text


def test_every_part_of_the_library_has_a_docstring():
    for name in public.__all__:
        assert inspect.getdoc(getattr(public, name)), name


def test_every_term_is_in_the_glossary_and_its_links_lead_to_terms():
    page = texts.terms()
    targets = re.findall(r"^\((.+)\)=$", page, re.MULTILINE)
    assert len(targets) == len(set(targets)) == len(glossary.entries())
    links = set(re.findall(r"\]\(#(term-[\w-]+)\)", page))
    assert links and links <= set(targets)


def test_models_and_optimisers_have_the_formulae_that_the_window_shows():
    models, optimisers = theory.models(), theory.optimisers()
    for kind in FAMILY.values():
        row = next(line for line in models.splitlines() if f"**{kind.title}**" in line)
        assert plain(kind.formula) in row and plain(kind.gradient) in row
    for rule in OPTIMISERS.values():
        assert all(plain(part.strip()) in optimisers for part in rule.formula.split(";"))


def test_derivations_are_line_by_line_those_of_the_window():
    page = theory.derivations()
    for derivation in DERIVATIONS:
        lines = derivation.lines(theory.case_of(derivation))
        section = page.split(f"### {plain(derivation.title)}\n")[1].split("\n### ")[0]
        assert len(re.findall(r"^\| \$", section, re.MULTILINE)) == len(lines)


def test_the_interval_of_the_measures_is_that_of_the_program():
    formula = (
        r"\frac{k + z^2/2}{n + z^2} \pm \frac{z}{n + z^2}\sqrt{\frac{k(n-k)}{n} + \frac{z^2}{4}}"
    )
    assert f"$${formula}$$" in all_pages()["theory/measures"]
    k, n, z = 26, 30, 1.96
    middle, half = (k + z**2 / 2) / (n + z**2), z / (n + z**2) * (k * (n - k) / n + z**2 / 4) ** 0.5
    assert wilson(k, n) == pytest.approx((middle - half, middle + half), abs=1e-5)


@pytest.mark.parametrize("made", ["derivations", "optimisers", "terms", "pages"])
def test_all_formulae_can_be_typeset(made):
    text = "\n".join(all_pages().values()) if made == "pages" else inserts.INSERTS[made]("")
    text = re.sub(r"^ *```.*?^ *```$|`[^`\n]+`", "", text, flags=re.MULTILINE | re.DOTALL)
    found = [block or inline for block, inline in MATH.findall(text)]
    assert len(found) > 5
    for latex in found:
        mathml = convert(latex.replace(r"\vert ", "|"))
        assert "\\" not in mathml, latex  # a command that is not known stays as it is
