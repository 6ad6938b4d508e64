"""Markdown as rich text: what is marked is marked, and all else is text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from PySide6.QtGui import QTextDocument

from gui.window.lesson.markdown import rich

TAGS = re.compile(r"</?(?:b|em|strong|code|p|ul|ol|li)(?: style=\"margin:0 0 4px 0\")?>")


def plain(html):
    document = QTextDocument()
    document.setHtml(html)
    return document.toPlainText()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\nline", "one line"),
        ("*a* **b** `c*d*`", "<em>a</em> <strong>b</strong> <code>c*d*</code>"),
        ("2 * 3 * 4 and x_1_2", "2 * 3 * 4 and x_1_2"),
        (r"\*a\*", "*a*"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        (r"so $\frac{a}{1-a} = e^z < 2$.", "so a/(1−a) = eᶻ &lt; 2."),
        (r"\$5 and `$x$`", "$5 and <code>$x$</code>"),
    ],
)
def test_words_of_one_paragraph_are_marked(text, html):
    assert rich(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "one *two* **three** `four`",
        "First\nline.\n\nSecond paragraph.",
        "Do:\n\n- this\n- and *that*\n  too\n\nThen stop.",
        "1. first\n2. second",
    ],
)
def test_it_reads_as_a_reader_of_markdown_reads_it(text):
    assert plain(rich(text)).split() == plain(MarkdownIt().render(text)).split()


def test_a_list_may_follow_a_paragraph_at_once():
    assert re.sub(" style=.*?>", ">", rich("Do:\n- a\n- b")) == (
        "<p>Do:</p><ul><li>a</li><li>b</li></ul>"
    )


def test_a_title_stands_before_the_first_words():
    assert rich("Look.", title="A & B") == "<b>A &amp; B</b>&nbsp; Look."
    assert rich("- a", title="T").startswith('<p style="margin:0 0 4px 0"><b>T</b>')


@pytest.mark.parametrize(
    "text",
    [
        "<b>no</b>",
        '<img src="http://example.org/a.png">',
        "![picture](http://example.org/a.png)",
        "[press](http://example.org)",
        "<script>alert(1)</script>",
        '&lt;b&gt; "quoted"',
    ],
)
def test_html_links_and_pictures_are_text(text):
    assert plain(rich(text)) == text
    assert "href" not in re.sub("&.*?;", "", rich(text)) and "<img" not in rich(text)


@given(st.text('*`\\-1. $_^{}\n<>&"a)', max_size=60), st.text("<&a", max_size=3))
def test_no_text_makes_tags_of_its_own(text, title):
    assert "<" not in TAGS.sub("", rich(text, title=title))
