"""Names and texts of licences, of packages that are installed."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as normal

from core.licences import UNKNOWN, packages

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
PERMITTED = re.compile(  # what a bundle may hold; Qt is linked, and can be exchanged in its folder
    r"MIT|BSD|0BSD|Apache|PSF|Python Software Foundation|LGPL|MPL|Mozilla|Zlib|CC0|HPND|BSL-1.0"
)
FILES = {
    "expression": "License-Expression: MIT\nLicense: something else",
    "classifier": "Classifier: License :: OSI Approved :: BSD License",
    "line": "License: Apache-2.0",
    "whole_text": f"License: {'Permission is hereby granted, free of charge, ' * 2}",
    "silent": "Summary: says nothing of it",
}


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder of packages that state their licences in the ways that are usual."""
    for name, line in FILES.items():
        folder = tmp_path / f"{name}-1.2.dist-info"
        (folder / "licenses").mkdir(parents=True)
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.2\n{line}\n"
        )
        (folder / "licenses" / "LICENSE.txt").write_text(f"The licence of {name}.\n")
        (folder / "RECORD").write_text(
            f"{folder.name}/METADATA,,\n{folder.name}/licenses/LICENSE.txt,,\n"
        )
    found = list(metadata.distributions(path=[str(tmp_path)]))
    monkeypatch.setattr("importlib.metadata.distributions", lambda: found)
    return {package.name: package for package in packages()}


def test_the_licence_is_named_by_expression_classifier_or_a_short_line(installed):
    assert {name: package.licence for name, package in installed.items()} == {
        "expression": "MIT",
        "classifier": "BSD License",
        "line": "Apache-2.0",
        "whole_text": UNKNOWN,
        "silent": UNKNOWN,
    }


def test_its_text_is_read_from_the_files_of_the_package(installed):
    assert installed["silent"].text() == "The licence of silent."


def test_a_package_whose_files_are_gone_has_no_text(installed, tmp_path):
    (tmp_path / "silent-1.2.dist-info" / "licenses" / "LICENSE.txt").unlink()
    assert installed["silent"].text() == ""


def test_what_a_bundle_holds_may_be_passed_on():
    licences = {normal(package.name): package.licence for package in packages()}
    if any(name.startswith("nvidia-") for name in licences):
        pytest.skip("PyTorch is installed for CUDA here, which no bundle holds")
    found, wanted = set(), {normal(name) for name in metadata_names(PROJECT["dependencies"])}
    while wanted:
        name = wanted.pop()
        found.add(name)
        needs = metadata.requires(name) if name in licences else ()
        wanted |= {normal(each) for each in metadata_names(needs or ())} - found
    unclear = {name: licences[name] for name in found & set(licences)}
    assert {"numpy", "torch"} <= set(unclear)
    assert not {name for name, licence in unclear.items() if not PERMITTED.search(licence)}


def metadata_names(requirements):
    """Return the names of requirements that hold without extras."""
    parsed = map(Requirement, requirements)
    return [each.name for each in parsed if not each.marker or each.marker.evaluate({"extra": ""})]


def test_what_the_program_imports_is_among_them():
    names = {package.name.lower().replace("-", "_") for package in packages()}
    assert {"numpy", "torch", "pyside6_essentials", "pyqtgraph", "scipy"} <= names
