"""The check of a built site finds what leads nowhere, and what a reader would have to fetch."""

from __future__ import annotations

import pytest
from documentation import links

FIRST = """<a href="second.html#here">on</a> <a href="https://example.org/x">out</a>
<img src="dot.png"> <form action="second.html"></form>"""
SECOND = '<h1 id="here">Here</h1> <a href="index.html">back</a> <a href="#here">up</a>'


@pytest.fixture
def site(tmp_path):
    (tmp_path / "index.html").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.html").write_text(SECOND, encoding="utf-8")
    (tmp_path / "dot.png").touch()
    return tmp_path


def test_a_site_whose_links_lead_somewhere_has_no_faults(site):
    assert links.faults(site) == []
    assert links.unreached(site) == []


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('<a href="third.html">x</a>', "index.html leads to third.html, which is not there"),
        ('<a href="second.html#gone">x</a>', "index.html leads to second.html#gone, which is not"),
        ('<img src="gone.png">', "index.html leads to gone.png, which is not there"),
        (
            '<link rel="stylesheet" href="https://example.org/a.css">',
            "index.html loads https://example.org/a.css from the network",
        ),
        ('<script src="//example.org/a.js"></script>', "index.html loads //example.org/a.js"),
    ],
)
def test_a_fault_is_a_sentence(site, more, fault):
    (site / "index.html").write_text(FIRST + more, encoding="utf-8")
    (found,) = links.faults(site)
    assert found.startswith(fault)


def test_a_page_that_nothing_leads_to_is_found(site):
    (site / "alone.html").write_text('<a href="index.html">x</a>', encoding="utf-8")
    assert links.unreached(site) == ["alone.html"]
