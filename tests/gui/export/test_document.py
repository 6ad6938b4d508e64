"""Text as pages: a table that fits on one page is on one, under its heading."""

import pypdfium2
import pytest

from gui.export.document import to_pages


def table(name, rows):
    cells = "".join(f"<tr><td>{name}{k}.</td></tr>" for k in range(rows))
    return f'<table cellpadding="3">{cells}</table>'


def pages_of(html):
    document = pypdfium2.PdfDocument(to_pages(html, {}, "title"))
    texts = [page.get_textpage().get_text_range() for page in document]
    return ["".join(text.split()) for text in texts]  # its characters are placed one by one


@pytest.mark.parametrize("lines", [0, 30, 36, 42, 48])
def test_a_table_is_on_one_page_with_its_heading(lines, dressed):
    above = "".join(f"<p>line {k}</p>" for k in range(lines))
    pages = pages_of(f"{above}<h2>Heading</h2>{table('cell', 12)}")
    (page,) = (page for page in pages if "Heading" in page)
    assert all(f"cell{k}." in page for k in range(12))


def test_a_table_that_is_longer_than_a_page_goes_over_several(dressed):
    pages = pages_of(f"<h2>Heading</h2>{table('cell', 150)}")
    assert len(pages) > 2
    text = "".join(pages)
    assert all(f"cell{k}." in text for k in range(150))
