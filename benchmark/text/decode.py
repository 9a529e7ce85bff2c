"""Bytes to characters by the WHATWG rules; nothing raises, malformed bytes become U+FFFD.

The order: byte-order mark, the charset of the stored HTTP header, the ``<meta>`` prescan of the first 1,024 bytes
(HTML standard, "prescan a byte stream to determine its encoding"), an XML declaration, windows-1252. The names and
labels of encodings are those of the Encoding standard, by the ``webencodings`` package; where Python's codec of the
same name is a smaller table than the standard's, the larger one of :data:`_CODECS` is used.
"""

from __future__ import annotations

import codecs
import re

import webencodings

from benchmark.model import Page

_CODECS = {
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "big5": "big5hkscs",
}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_SPACE = b"\t\n\x0c\r "
_CHARSET = re.compile(
    rb"charset[\t\n\x0c\r ]*=[\t\n\x0c\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\"'\t\n\x0c\r ;][^\t\n\x0c\r ;]*))", re.I
)
_XML = re.compile(rb"<\?xml[^>]*?encoding[\x00-\x20]*=[\x00-\x20]*(?:\"([^\"\x00-\x20>]*)\"|'([^'\x00-\x20>]*)')")


def _c1(error: UnicodeError) -> tuple[str, int]:
    """The standard's single-byte tables give the bytes 80–9F that a windows code page leaves open as controls."""
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    return (chr(byte) if 0x80 <= byte < 0xA0 else "\ufffd"), error.start + 1


codecs.register_error("goldspan-c1", _c1)


def encoding_name(label: str | None) -> str | None:
    """The Encoding standard's name for a label such as ``Latin1``; None for a label it does not know."""
    found = webencodings.lookup(label) if label else None
    return found.name if found else None


def decode(page: Page) -> tuple[str, str]:
    """The characters of a page and the name of the encoding used."""
    data = page.data
    for bom, marked in _BOMS:
        if data.startswith(bom):
            return decode_as(data[len(bom) :], marked), marked
    name = encoding_name(page.encoding) or encoding_name(page.charset)
    if not name:
        name = (sniff_html(data) if page.media == "html" else sniff_text(data)) or "windows-1252"
    return decode_as(data, name), name


def decode_as(data: bytes, name: str) -> str:
    """Decode with the encoding of that WHATWG name."""
    if name.startswith("windows-125"):
        return data.decode(name, "goldspan-c1")
    if name in _CODECS:
        return data.decode(_CODECS[name], "replace")
    encoding = webencodings.lookup(name)
    if encoding is None:
        raise ValueError(f"{name!r} is no encoding of the standard")
    return encoding.codec_info.decode(data, "replace")[0]


def sniff_text(data: bytes) -> str | None:
    """Plain text declares nothing: UTF-8 if it is valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def sniff_html(data: bytes) -> str | None:
    """What the page says of itself, or None."""
    head = data[:1024]
    if head.startswith(b"<\x00?\x00x\x00"):
        return "utf-16le"
    if head.startswith(b"\x00<\x00?\x00x"):
        return "utf-16be"
    return _prescan(head) or _xml_declaration(head)


def _usable(label: bytes) -> str | None:
    name = encoding_name(label.decode("latin-1"))
    if name in ("utf-16le", "utf-16be"):
        return "utf-8"
    return "windows-1252" if name == "x-user-defined" else name


def _xml_declaration(head: bytes) -> str | None:
    match = _XML.match(head)
    return _usable(match.group(1) or match.group(2) or b"") if match else None


def _prescan(head: bytes) -> str | None:
    at, end = 0, len(head)
    while at < end:
        at = head.find(b"<", at)
        if at < 0:
            return None
        if head.startswith(b"<!--", at):
            close = head.find(b"-->", at + 2)
            if close < 0:
                return None
            at = close + 3
        elif head[at : at + 5].lower() == b"<meta" and head[at + 5 : at + 6] in (
            b"\t",
            b"\n",
            b"\x0c",
            b"\r",
            b" ",
            b"/",
        ):
            attributes, at = _attributes(head, at + 5)
            name = _charset_of_meta(attributes)
            if name:
                return name
        elif re.match(rb"</?[A-Za-z]", head[at : at + 3]):
            match = re.compile(rb"[\t\n\x0c\r >]").search(head, at)
            if not match:
                return None
            _, at = _attributes(head, match.start())
        elif head[at + 1 : at + 2] in (b"!", b"/", b"?"):
            at = head.find(b">", at)
            if at < 0:
                return None
            at += 1
        else:
            at += 1
    return None


def _charset_of_meta(attributes: dict[bytes, bytes]) -> str | None:
    if b"charset" in attributes:
        return _usable(attributes[b"charset"])
    if attributes.get(b"http-equiv", b"").lower() == b"content-type":
        match = _CHARSET.search(attributes.get(b"content", b""))
        if match:
            return _usable(match.group(1) or match.group(2) or match.group(3) or b"")
    return None


def _attributes(head: bytes, at: int) -> tuple[dict[bytes, bytes], int]:
    """The attributes from ``at`` to the end of the tag, first of a name wins, and where the tag ends."""
    found: dict[bytes, bytes] = {}
    end = len(head)
    while at < end:
        while at < end and head[at] in _SPACE + b"/":
            at += 1
        if at >= end or head[at : at + 1] == b">":
            return found, at + 1
        match = re.compile(rb"(=?[^=\t\n\x0c\r />]*)[\t\n\x0c\r ]*").match(head, at)
        assert match is not None
        name, at = match.group(1).lower(), match.end()
        value = b""
        if head[at : at + 1] == b"=":
            value_match = re.compile(
                rb"=[\t\n\x0c\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\x0c\r >\"'][^\t\n\x0c\r >]*)?)"
            ).match(head, at)
            if value_match is None:  # an unclosed quote runs to the end of what is scanned
                return {}, end
            value = next((g for g in value_match.groups() if g is not None), b"")
            at = value_match.end()
        found.setdefault(name, value)
    return {}, end
