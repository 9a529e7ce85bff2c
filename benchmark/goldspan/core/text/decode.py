"""Bytes to characters by the WHATWG rules; nothing raises, malformed bytes become U+FFFD.

The order: byte-order mark, the charset of the stored HTTP header, the ``<meta>`` prescan of the first 1,024 bytes
(HTML standard, "prescan a byte stream to determine its encoding"), an XML declaration, windows-1252. The names and
labels of encodings are those of the Encoding standard, by the ``webencodings`` package; where Python's codec of the
same name is a smaller table than the standard's, the larger one of :data:`_CODECS` is used, or an error handler knows
what is missing.
"""

from __future__ import annotations

import codecs
import re

import webencodings

from goldspan.model import Page

_CODECS = {
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_CHARSET = re.compile(rb"charset[\t\n\f\r ]*=[\t\n\f\r ]*", re.IGNORECASE)
_CHARSET_VALUE = re.compile(rb"\"([^\"]*)\"|'([^']*)'|([^\"'\t\n\f\r ;][^\t\n\f\r ;]*)")
_META = re.compile(rb"<meta(?=[\t\n\f\r /])", re.IGNORECASE)
_TAG = re.compile(rb"</?[A-Za-z][^\t\n\f\r >]*")
_BEFORE_NAME = re.compile(rb"[\t\n\f\r /]*")
_NAME = re.compile(rb"(=?[^=\t\n\f\r />]*)[\t\n\f\r ]*")
_VALUE = re.compile(rb"=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|(?![\"'])([^\t\n\f\r >]*))")
_XML = re.compile(rb"<\?xml[^>]*?encoding[\x00-\x20]*=[\x00-\x20]*(?:\"([^\"\x00-\x20>]*)\"|'([^'\x00-\x20>]*)')")


def _c1(error: UnicodeError) -> tuple[str, int]:
    """The standard's single-byte tables give the bytes 80–9F that a windows code page leaves open as controls."""
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    return (chr(byte) if 0x80 <= byte < 0xA0 else "\ufffd"), error.start + 1


def _euro(error: UnicodeError) -> tuple[str, int]:
    """The standard's gbk and gb18030 read the byte 80 as the euro sign, as Microsoft's code page does."""
    assert isinstance(error, UnicodeDecodeError)
    return ("\u20ac" if error.object[error.start] == 0x80 else "\ufffd"), error.end


def _nec(error: UnicodeError) -> tuple[str, int]:
    """The standard's euc-jp holds Microsoft's rows 13 and 89 to 92 as well: circled numbers, signs, rarer kanji."""
    assert isinstance(error, UnicodeDecodeError)
    pair = error.object[error.start : error.start + 2]
    if len(pair) == 2 and min(pair) > 0xA0 and max(pair) < 0xFF:
        row, cell = pair[0] - 0xA0, pair[1] - 0xA0
        lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
        trail = cell + 0x3F + (cell > 63) if row % 2 else cell + 0x9E
        char = bytes([lead, trail]).decode("cp932", "ignore")
        if char:
            return char, error.start + 2
    return "\ufffd", error.end


for _name, _handler in (("goldspan-c1", _c1), ("goldspan-euro", _euro), ("goldspan-nec", _nec)):
    codecs.register_error(_name, _handler)
_EUC_JP = str.maketrans("\u301c\u2016\u2212\u00a2\u00a3\u00ac", "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2")


def encoding_name(label: str | None) -> str | None:
    """The Encoding standard's name for a label such as ``Latin1``; None for a label it does not know."""
    found = webencodings.lookup(label) if label and label.isascii() else None
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
    if name in _CODECS:
        codec = _CODECS[name]
        return data.decode(codec, "goldspan-euro" if codec == "gb18030" else "replace")
    encoding = webencodings.lookup(name)
    if encoding is None:
        raise ValueError(f"{name!r} is no encoding of the standard")
    if name == "euc-jp":
        return data.decode("euc_jp", "goldspan-nec").translate(_EUC_JP)
    handler = "goldspan-c1" if name.startswith("windows-") else "replace"
    return encoding.codec_info.decode(data, handler)[0]


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
    """What a ``<meta>`` declares. A tag that is cut off by the end of what is scanned declares nothing."""
    at = head.find(b"<")
    while at >= 0:
        tag = _TAG.match(head, at)
        if head.startswith(b"<!--", at):
            at = head.find(b"-->", at + 2)
        elif tag:
            is_meta = _META.match(head, at)
            attributes, at = _attributes(head, at + len(b"<meta") if is_meta else tag.end())
            name = _charset_of_meta(attributes) if is_meta and at >= 0 else None
            if name:
                return name
        elif head[at + 1 : at + 2] in (b"!", b"/", b"?"):
            at = head.find(b">", at)
        if at < 0:
            return None
        at = head.find(b"<", at + 1)
    return None


def _charset_of_meta(attributes: dict[bytes, bytes]) -> str | None:
    if b"charset" in attributes:
        return _usable(attributes[b"charset"])
    if attributes.get(b"http-equiv", b"").lower() == b"content-type":
        content = attributes.get(b"content", b"")
        match = _CHARSET.search(content)
        value = _CHARSET_VALUE.match(content, match.end()) if match else None
        if value:
            return _usable(value[1] or value[2] or value[3] or b"")
    return None


def _attributes(head: bytes, at: int) -> tuple[dict[bytes, bytes], int]:
    """The attributes from ``at`` on, first of a name wins, and the place of the tag's ``>``: -1 where it has none."""
    found: dict[bytes, bytes] = {}
    while True:
        at = _end(_BEFORE_NAME, head, at)
        if head[at : at + 1] == b">":
            return found, at
        match = _NAME.match(head, at)
        assert match is not None
        name, at = match[1].lower(), match.end()
        value = b""
        if head[at : at + 1] == b"=":
            match = _VALUE.match(head, at)
            if not match:  # a quote that is not closed
                return {}, -1
            value, at = match[1] or match[2] or match[3] or b"", match.end()
        if at >= len(head):
            return {}, -1
        found.setdefault(name, value)


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    match = pattern.match(text, at)
    assert match is not None
    return match.end()
