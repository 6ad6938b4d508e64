"""Excel workbooks: the first sheet with rows, line by line; bombs are refused unread."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.csv.binary import workbook

TYPES = (
    '<?xml version="1.0"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def cell(place, value):
    """A cell as Excel writes it."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def book(*sheets, hidden=()):
    """A workbook of sheets, each a dictionary of cells by their places, such as A1."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(
            f'<sheet name="S{k}" sheetId="{k}" r:id="s{k}" '
            + ('state="hidden"/>' if k in hidden else "/>")
            for k in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{RELATIONS}">'
            + "".join(
                f'<Relationship Id="s{k}" Type="{OFFICE}/worksheet" '
                f'Target="worksheets/sheet{k}.xml"/>'
                for k in range(1, len(sheets) + 1)
            )
            + "</Relationships>",
        )
        for k, cells in enumerate(sheets, start=1):
            rows: dict[int, list[tuple[str, object]]] = {}
            for place, value in cells.items():
                rows.setdefault(int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), []).append(
                    (place, value)
                )
            data = "".join(
                f'<row r="{row}">{"".join(cell(*one) for one in found)}</row>'
                for row, found in sorted(rows.items())
            )
            archive.writestr(
                f"xl/worksheets/sheet{k}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>',
            )
    return whole.getvalue()


BIRDS = {
    "A1": "bill", "B1": "depth", "C1": "kind",
    "A2": 30.5, "B2": 20, "C2": "Adelie, small",
    "A4": 31, "B4": 19.25, "C4": "Gentoo",
    "A5": 1e-3, "B5": 12345678901, "C5": "Gentoo",
}  # fmt: skip


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv", "t"])
def test_a_workbook_is_a_table_whatever_its_name(read, cells, name):
    table = read(book(BIRDS), name)
    assert table.names == ("bill", "depth", "kind")
    assert cells(table, "bill") == [30.5, 31, 0.001]
    assert cells(table, "depth") == [20, 19.25, 12345678901]
    assert cells(table, "kind") == ["Adelie, small", "Gentoo", "Gentoo"]
    assert list(table.lines) == [2, 4, 5]


def test_rows_have_the_numbers_that_excel_shows(read):
    below = {f"{place[0]}{int(place[1:]) + 3}": value for place, value in BIRDS.items()}
    assert list(read(book(below)).lines) == [5, 7, 8]


def test_the_first_sheet_with_rows_is_read_and_named(read):
    table = read(book({}, {"A1": "only a title"}, BIRDS, BIRDS))
    assert table.n == 3
    assert "sheet “S3”, the first of 2 with rows" in map(str, table.format.notes)


def test_hidden_sheets_are_passed_over(read):
    assert read(book({"A1": "x", "A2": 1}, BIRDS, hidden=[1])).names == ("bill", "depth", "kind")


def test_a_workbook_without_rows_is_refused(refusal):
    assert "no sheet with rows" in refusal(book({}))


def test_cells_in_opposite_corners_are_refused(refusal):
    assert "too large" in refusal(book({"A1": 1, "XFD1048576": 2}))


def test_a_part_that_unpacks_to_very_much_is_refused_unread(refusal, monkeypatch):
    monkeypatch.setattr(workbook, "LARGE", 2**12)
    monkeypatch.setattr(workbook, "MAX_RATIO", 5)
    assert "too large" in refusal(book({f"A{k}": 1 for k in range(1, 2000)}))


WHOLE = book(BIRDS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    st.integers(0, 40),
)
def test_any_damage_to_a_workbook_is_read_or_refused(read_or_refuse, changes, cut):
    damaged = bytearray(WHOLE[: len(WHOLE) - cut])
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    read_or_refuse(bytes(damaged))
