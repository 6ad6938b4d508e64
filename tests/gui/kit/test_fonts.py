"""The type that the program brings along: it measures the same whatever is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from unicodedata import east_asian_width, name

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QLabel

from gui.kit import theme as look

ROOT = Path(__file__).parents[3]
SENTENCE = "Softmax on Iris: accuracy 0.9667, η = 0.1, ‖W‖ = 3.142"
MEASURED = f"""
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel
from gui.kit import theme as look
from gui.app.launch import make_application

application = make_application()
application.setStyleSheet(look.style_sheet())
label = QLabel("{SENTENCE}")
label.setProperty("title", True)
width = QFontMetricsF(application.font()).horizontalAdvance("{SENTENCE}")
print(width, *label.sizeHint().toTuple())
"""


def is_chinese(sign: str) -> bool:
    return name(sign, "").startswith(("CJK UNIFIED", "IDEOGRAPHIC"))


def face(weight: QFont.Weight) -> QFont:
    font = look.base_font()
    font.setWeight(weight)
    return font


def test_the_application_is_set_in_the_bundled_face(dressed):
    assert QFontInfo(dressed.font()).family() == look.FAMILIES[0]


def test_semibold_and_bold_are_faces_of_their_own(dressed):
    weights = (QFont.Weight.Normal, QFont.Weight.DemiBold, QFont.Weight.Bold)
    assert [QFontInfo(face(weight)).weight() for weight in weights] == list(weights)
    widths = [QFontMetricsF(face(weight)).horizontalAdvance("weights") for weight in weights]
    assert widths == sorted(set(widths))


@pytest.mark.parametrize("weight", [QFont.Weight.Normal, QFont.Weight.Bold], ids=["normal", "bold"])
def test_figures_have_one_width(dressed, weight):
    metrics = QFontMetricsF(face(weight))
    assert len({metrics.horizontalAdvance(10 * str(figure)) for figure in range(10)}) == 1


@pytest.mark.parametrize("bundled", look.FACES[:-1])
def test_every_sign_in_the_program_is_in_the_bundled_faces(dressed, bundled):
    code = (file for folder in ("core", "gui") for file in (ROOT / folder).rglob("*.py"))
    files = (*code, *(ROOT / "assets" / "languages" / "de").glob("*.json"))
    signs = {
        sign
        for file in files
        for sign in file.read_text(encoding="utf-8")
        # Full-width signs are only in data, Chinese ones come from the system's own faces.
        if sign.isprintable() and east_asian_width(sign) != "F" and not is_chinese(sign)
    }
    fonts = [QRawFont(look.asset(f"fonts/{file}.ttf"), 16) for file in (bundled, look.FACES[-1])]
    assert all(font.isValid() for font in fonts)
    missing = {s for s in signs if not any(font.supportsCharacter(ord(s)) for font in fonts)}
    assert not missing


def test_signs_from_the_second_face_make_no_line_taller(qtbot):
    plain, with_signs = QLabel("plain"), QLabel("∇ ⬢ ❚ ᵀ ⟲ ▤")
    for label in (plain, with_signs):
        qtbot.addWidget(label)
    assert with_signs.sizeHint().height() == plain.sizeHint().height()


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig tells which fonts are there")
def test_words_are_as_wide_on_a_system_without_any_font(dressed, tmp_path):
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    with_system, with_none = [
        subprocess.run(
            [sys.executable, "-"],
            input=MEASURED,  # its signs are no words for a command line in every locale
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)} | more,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        for more in ({}, {"FONTCONFIG_FILE": str(configuration)})
    ]
    assert with_none.returncode == 0, with_none.stderr
    assert with_none.stdout == with_system.stdout != ""


def test_every_bundled_file_is_packaged():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["logitlab.assets"]
    folder = ROOT / "assets"
    packaged = {file for pattern in patterns for file in folder.glob(pattern)}
    needed = [folder / name for name in ("iris.csv", "digits.csv.gz", "SOURCES.md")]
    needed += [*(folder / "fonts").iterdir(), *(folder / "icons").iterdir()]
    assert set(needed) <= packaged
