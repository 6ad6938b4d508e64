"""Encodings are found by the words that they give, and can be chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.csv import encodings, text_file

# Words as they stand in tables: names of columns and of classes.
TABLES = {
    "cp1251": "длина ширина класс роза ива дуб",
    "koi8-r": "возраст пол город Москва Казань мужской женский",
    "gb18030": "长度 宽度 类别 红 蓝 绿",
    "big5": "年齡 性別 城市 臺北 高雄 男 女",
    "cp932": "長さ 幅 種類 赤 青 緑",
    "euc-jp": "年齢 性別 クラス 東京 大阪 男性 女性",
    "cp949": "길이 너비 종류 빨강 파랑 초록",
    "cp1250": "délka šířka třída růže vrba dub červená žlutá",
    "cp1253": "μήκος πλάτος κλάση ρόδο ιτιά δρυς",
    "cp1255": "אורך רוחב מחלקה ורד ערבה אלון",
    "cp1256": "طول عرض صنف وردة صفصاف بلوط",
    "cp874": "ความยาว ความกว้าง ชนิด แดง เขียว น้ำเงิน",
    "cp1252": "größe höhe fächer grün weiß schön",
}


def table_of(words):
    """Three columns with these names, of which the last holds the other words."""
    first, second, third, *classes = words.split()
    rows = "".join(f"{k}.5,{k * 7 % 5}.25,{classes[k % len(classes)]}\n" for k in range(30))
    return f"{first},{second},{third}\n{rows}"


@pytest.mark.parametrize(("encoding", "words"), TABLES.items(), ids=TABLES)
def test_words_tell_the_encoding(read, encoding, words):
    text = table_of(words)
    table = read(text.encode(encoding))
    assert table.names == tuple(words.split()[:3])
    assert set(table.columns[2].words) == set(words.split()[3:])


@pytest.mark.parametrize("encoding", list(encodings.ENCODINGS))
def test_every_encoding_can_be_chosen(read, encoding):
    table = read("x,s\n1.5,a\n2.5,b\n".encode(encoding), encoding=encoding)
    assert table.format.encoding == encoding
    assert table.names == ("x", "s")


def test_words_far_below_the_beginning_tell_the_encoding(read, cells, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    rows = "x,s\n" + "1.5,a\n2.5,b\n" * 1000 + "3.5,роза\n4.5,ива\n5.5,дуб\n6.5,клён\n"
    assert cells(read(rows.encode("cp1251")), "s")[-4:] == ["роза", "ива", "дуб", "клён"]


def test_the_sample_shows_the_words_in_any_encoding():
    words = encodings.sample("x,длина,ширина\n1,роза,2\n".encode("cp1251"))
    assert encodings.show(words, "cp1251") == "длина ширина роза"
    assert encodings.show(words, "koi8-r") == " ".join(words.decode("koi8-r").split())
    assert encodings.show(words, "utf-8") == ""


@given(st.binary(max_size=200), st.sampled_from(list(encodings.ENCODINGS)))
def test_any_bytes_can_be_shown(content, encoding):
    shown = encodings.show(encodings.sample(content), encoding)
    assert shown == " ".join(shown.split())


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_have_an_encoding_that_decodes_them(content):
    found = encodings.guess(content)
    assert found in encodings.ENCODINGS
    content.decode(found, "replace" if encodings.is_code_page(found) else "strict")
