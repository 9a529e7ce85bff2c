"""Bytes to characters by the standard's rules, case by case."""

from __future__ import annotations

import pytest

from goldspan.core.text import decode
from goldspan.core.text.decode import decode_as, encoding_name, sniff_html, sniff_text
from goldspan.model import Page


@pytest.mark.parametrize(
    ("page", "text", "name"),
    [
        # A byte-order mark comes before all else.
        (Page("x", b"\xef\xbb\xbf\xc3\xa9", encoding="koi8-r"), "é", "utf-8"),
        (Page("x", b"\xfe\xff\x00\xe9", charset="utf-8"), "é", "utf-16be"),
        (Page("x", b"\xff\xfe\xe9\x00", charset="utf-8"), "é", "utf-16le"),
        # Then what the gold says, what the header said, what the page says.
        (
            Page("x", b"<meta charset=utf-8>\xc1", encoding="koi8-r", charset="latin-1"),
            "<meta charset=utf-8>а",
            "koi8-r",
        ),
        (Page("x", b"<meta charset=utf-8>\xc1", charset="koi8-r"), "<meta charset=utf-8>а", "koi8-r"),
        (Page("x", b"<meta charset=koi8-r>\xc1"), "<meta charset=koi8-r>а", "koi8-r"),
        # A label that the standard does not know is none.
        (Page("x", b"\xc1", encoding="nonsense", charset="koi8-r"), "а", "koi8-r"),
        (Page("x", b"\xc1", encoding="nonsense", charset="köi8"), "Á", "windows-1252"),
        (Page("x", b"\xc1"), "Á", "windows-1252"),
        # A plain text declares nothing: it is UTF-8 if it can be.
        (Page("x", b"<meta charset=koi8-r>\xc3\xa9", media="text"), "<meta charset=koi8-r>é", "utf-8"),
        (Page("x", b"<meta charset=koi8-r>\xe9", media="text"), "<meta charset=koi8-r>é", "windows-1252"),
    ],
)
def test_the_order_of_what_is_believed(page: Page, text: str, name: str) -> None:
    assert decode(page) == (text, name)


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("utf-8", b"\xff\xc3\xa9", "\ufffdé"),
        ("utf-16be", b"\x00a\x01", "a\ufffd"),
        ("iso-8859-8", b"\xbf\xe0", "\ufffdא"),
        # The single-byte tables of Windows: what they leave open from 80 to 9F are controls, above is nothing.
        ("windows-1252", b"\x80\x81\x8d\x8f\x90\x9d", "€\x81\x8d\x8f\x90\x9d"),
        ("windows-1253", b"\x81\xaa\xd2\xff", "\x81\ufffd\ufffd\ufffd"),
        ("windows-1255", b"\xd9\xff\x9f\x80", "\ufffd\ufffd\x9f€"),
        ("windows-874", b"\xdb\x81\xa0", "\ufffd\x81\xa0"),
        # The larger tables of Microsoft and Hong Kong.
        ("shift_jis", b"\x87\x40\xff", "①\uf8f3"),
        ("euc-kr", b"\x81\x41\xff", "갂\ufffd"),
        ("big5", b"\x87\x40\xa4\x40\x80", "䏰一\ufffd"),
        ("gbk", b"\x80\xff a\xa2\xe3", "€\ufffd a€"),
        ("gbk", b"\x81\x30\x81\x30", "\x80"),
        ("gb18030", b"\x80\xd6\xd0\x81", "€中\ufffd"),
        # euc-jp: the rows 13 and 89 to 92, at both ends of a row and around the 63rd cell; odd rows and even ones.
        ("euc-jp", b"\xbe\xa1\xad\xa1\xad\xdf\xad\xe0", "勝①㍻〝"),
        ("euc-jp", b"\xf9\xa1\xf9\xdf\xf9\xe0\xf9\xfe", "纊\ufa0f\ufa10德"),
        ("euc-jp", b"\xfa\xa1\xfa\xfe\xfb\xa1\xfc\xee\xfc\xfe", "忞犱犾黑＂"),
        ("euc-jp", b"a\xffb\xad", "a\ufffdb\ufffd"),
        ("euc-jp", b"\xad\xa0x\xad\xffx\xad\xfe", "\ufffd\ufffdx\ufffd\ufffdx\ufffd\ufffd"),
        ("euc-jp", b"\xf9\xffa\xf9\xa0b\xf9", "\ufffd\ufffda\ufffd\ufffdb\ufffd"),
        ("euc-jp", b"\xa1\xc1\xa1\xc2\xa1\xdd\xa1\xf1\xa1\xf2\xa2\xcc", "～∥－￠￡￢"),
    ],
)
def test_the_tables_are_those_of_the_standard(name: str, data: bytes, text: str) -> None:
    assert decode_as(data, name) == text


def test_a_name_that_is_no_encoding() -> None:
    with pytest.raises(ValueError, match="'nonsense' is no encoding of the standard"):
        decode_as(b"", "nonsense")


def test_labels() -> None:
    assert [encoding_name(label) for label in ("Latin1", " UTF8 ", "sjis", "x", "", None, "utf-8\u212a")] == [
        "windows-1252", "utf-8", "shift_jis", None, None, None, None,
    ]  # fmt: skip
    assert (sniff_text("é".encode()), sniff_text(b"\xe9")) == ("utf-8", None)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<meta charset=koi8-r>", "koi8-r"),
        (b"<META CHARSET='KOI8-R'>", "koi8-r"),
        (b'<meta\tcharset = "koi8-r" />', "koi8-r"),
        (b"<meta/charset=koi8-r>", "koi8-r"),
        (b"<metacharset=koi8-r>", None),
        (b"<meta name=a><meta charset=koi8-r>", "koi8-r"),
        (b"<!-- x --><meta charset=koi8-r>", "koi8-r"),
        (b"<!-- <meta charset=koi8-r>", None),
        (b"<!--><meta charset=koi8-r>", "koi8-r"),
        (b"<!doctype html><meta charset=koi8-r>", "koi8-r"),
        (b"<!doctype <meta charset=koi8-r>", None),
        (b"</div charset=utf-8><meta charset=koi8-r>", "koi8-r"),
        (b"</1 <meta charset=utf-8><meta charset=koi8-r>", "koi8-r"),
        (b"<?x?><meta charset=koi8-r>", "koi8-r"),
        (b"<?x <meta charset=koi8-r", None),
        (b'<a title="<meta charset=utf-8>"><meta charset=koi8-r>', "koi8-r"),
        (b"<1<meta charset=koi8-r>", "koi8-r"),
        (b"< <meta charset=koi8-r>", "koi8-r"),
        (b'<meta charset="koi8-r>', None),
        (b"<meta charset=koi8-r", None),
        (b"<meta charset=koi8-r ", None),
        (b'<meta charset="koi8-r"', None),
        (b'<meta content="text/html; charset=koi8-r" http-equiv="Content-Type">', "koi8-r"),
        (b'<meta content="text/html; charset=koi8-r">', None),
        (b'<meta http-equiv=refresh content="text/html; charset=koi8-r">', None),
        (b"<meta http-equiv=content-type content=\"charset = 'koi8-r'\">", "koi8-r"),
        (b'<meta http-equiv=content-type content="charset=koi8-r;x">', "koi8-r"),
        (b'<meta http-equiv=content-type content="charset=koi8-r x">', "koi8-r"),
        (b"<meta http-equiv=content-type content='charset=\"koi8-r\"'>", "koi8-r"),
        (b'<meta http-equiv=content-type content="charset">', None),
        (b"<meta http-equiv=content-type content='charset=\"koi8-r'><meta charset=utf-8>", "utf-8"),
        (b"<meta http-equiv=content-type>", None),
        (b"<meta charset=koi8-r charset=utf-8>", "koi8-r"),
        (b"<meta charset=utf-16be>", "utf-8"),
        (b"<meta charset=utf-16>", "utf-8"),
        (b"<meta charset=x-user-defined>", "windows-1252"),
        (b"<meta charset=nonsense><meta charset=koi8-r>", "koi8-r"),
        (b"<meta charset><meta charset=koi8-r>", "koi8-r"),
        (b"<meta charset=>", None),
        (b"<meta =x charset=koi8-r>", "koi8-r"),
        (b"<meta a=b charset=koi8-r>", "koi8-r"),
        (b"<meta a b charset=koi8-r>", "koi8-r"),
        (b'<meta a= "b"charset=koi8-r>', "koi8-r"),
        (b'<?xml version="1.0" encoding="koi8-r"?>', "koi8-r"),
        (b"<?xml encoding = 'koi8-r'?>", "koi8-r"),
        (b"<?xml encoding=koi8-r?>", None),
        (b' <?xml encoding="koi8-r"?>', None),
        (b'<?xml encoding="utf-16"?>', "utf-8"),
        (b'<?xml encoding="koi8-r"?><meta charset=utf-8>', "utf-8"),
        (b"<\x00?\x00x\x00", "utf-16le"),
        (b"\x00<\x00?\x00x", "utf-16be"),
        (b"<p>no", None),
        (b"", None),
        (b"<", None),
        (b"<meta", None),
        (b"<meta>", None),
        (b'<p a="<"><meta charset=koi8-r>', "koi8-r"),
        (b'<meta charset="\xff">', None),
        (b"<p a=b><meta charset=koi8-r>", "koi8-r"),
        (b"<p/a=b /><meta charset=koi8-r>", "koi8-r"),
        (b"<br><br><meta charset=koi8-r>", "koi8-r"),
        (b'<meta charset="">', None),
        (b"<meta a='b' charset=koi8-r>", "koi8-r"),
        (b"<!><meta charset=koi8-r>", "koi8-r"),
        (b'<meta content="charset charset=koi8-r" http-equiv=content-type>', "koi8-r"),
    ],
)
def test_what_a_page_says_of_itself(head: bytes, name: str | None) -> None:
    assert sniff_html(head) == name


def test_the_first_1024_bytes_are_looked_at() -> None:
    meta = b"<meta charset=koi8-r>"
    assert sniff_html(b" " * (1024 - len(meta)) + meta) == "koi8-r"
    assert sniff_html(b" " * (1025 - len(meta)) + meta) is None
