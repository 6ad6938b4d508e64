"""How Sphinx makes the site; `packaging/build_site.py` runs it on pages that are filled."""

import os
import re
from typing import Any

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

project = "Logit Lab"
author = "The Logit Lab authors"
release = version = os.environ.get("LOGITLAB_VERSION", "")
project_copyright = author
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
exclude_patterns = ["paper", "example_plugin"]
smartquotes = False  # two dashes begin an option
html_theme = "furo"
html_title = "Logit Lab"
html_favicon = "logitlab.svg"
html_logo = "logitlab.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_use_index = html_copy_source = html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

NAME = re.compile(r"(<mi[^>]*>(?:ln|log|exp|max|min|tanh|sign|diag)</mi>)(?!<mo[^>]*>&#x00028;)")

BAR = re.compile(r"<mo>(&#x02016;|&#x0007C;)</mo>")  # of norms: as high as a letter, not a fraction


def mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as MathML, with a space between the name of a function and a letter."""
    text = NAME.sub(r'\1<mspace width="0.17em"/>', convert(latex, display=display))
    return BAR.sub(r'<mo stretchy="false">\1</mo>', text)


def inline(writer: Any, node: Any) -> None:
    writer.body.append(mathml(node.astext()))
    raise SkipNode


def display(writer: Any, node: Any) -> None:
    writer.body.append(f'<div class="math">{mathml(node.astext(), "block")}</div>')
    raise SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Write formulae as MathML, which browsers show by themselves; the program reads LaTeX so."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
