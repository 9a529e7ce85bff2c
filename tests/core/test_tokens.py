"""tok/2 and decoding: definitions held against naive ones."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from goldspan.core.text import decode, tokenise, tokenise_with_offsets
from goldspan.model import Page

UNSPACED = regex.compile(
    r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]"
)
IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
CHARS = st.text(
    st.one_of(
        st.sampled_from("aZ9é ßﬁ½™\u00ad\u200b\u0301,.-'’ʼʻ\n\t"),
        st.sampled_from("我们กำลังहिन्दीမြန်မာカﾞ漢ー々〇"),
        st.characters(exclude_categories=("Cs",), max_codepoint=0x2FFFF),
    ),
    max_size=30,
)


def reference(text: str) -> list[str]:
    """The definition, one character at a time."""
    text = unicodedata.normalize("NFKC", IGNORABLE.sub("", text)).casefold()
    text = regex.sub(r"(?<=[\p{L}\p{M}--['‘’‛ʻʼ]])['‘’‛ʻʼ](?=[\p{L}--['‘’‛ʻʼ]])", "", text, flags=regex.V1)
    tokens: list[str] = []
    kind = ""  # of the token that is open: letters, numbers, a base of an unspaced script, or none
    for char in text:
        category = regex.fullmatch(r"(\p{L})|(\p{M})|(\p{N})", char)
        if not category or char in "ʻʼ":
            kind = ""
        elif category[2] and kind:
            tokens[-1] += char
        elif UNSPACED.fullmatch(char) and not category[2]:
            tokens.append(char)
            kind = "base"
        elif kind == ("numbers" if category[3] else "letters"):
            tokens[-1] += char
        else:
            tokens.append(char)
            kind = "numbers" if category[3] else "letters"
    return tokens


@given(CHARS)
def test_tokens_are_those_of_the_definition(text: str) -> None:
    assert tokenise(text) == reference(text)


@given(CHARS)
def test_offsets_belong_to_the_same_tokens_in_order(text: str) -> None:
    """The ranges lie in the text, never go back, and hold the token where they are as long as it."""
    found = tokenise_with_offsets(text)
    assert [token for token, _, _ in found] == tokenise(text)
    before = 0
    for token, start, end in found:
        assert 0 <= before <= start < end <= len(text)
        before = start
        assert token in tokenise(text[start:end]) or len(tokenise(text[start:end])) == 0


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Soft\u00adhyphen, don’t ﬁnd ½", ["softhyphen", "dont", "find", "1", "2"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("我爱abc天安门", ["我", "爱", "abc", "天", "安", "门"]),
        ("ลิง", ["ลิ", "ง"]),
        ("… — !", []),
        ("п'ять", ["пять"]),
        ("п’ять пʼять", ["пять", "пять"]),
        ("Hawaiʻi, ʻokina, ‘okina’", ["hawaii", "okina", "okina"]),
        ("rock'n'roll, the '90s, 1990's, dogs' and ''two''", "rocknroll the 90 s 1990 s dogs and two".split()),
        ("word1 word¹ word[1]", ["word", "1", "word", "1", "word", "1"]),
        ("covid19 COVID-19 h2o mp3", "covid 19 covid 19 h 2 o mp 3".split()),
        ("тест5 ٣كتاب हिन्दी२", ["тест", "5", "٣", "كتاب", "हिन्दी", "२"]),
        ("第2章abc3", ["第", "2", "章", "abc", "3"]),
        ("a\u03015\u0301b", ["á", "5\u0301", "b"]),
    ],
)
def test_tokens_by_hand(text: str, tokens: list[str]) -> None:
    assert tokenise(text) == tokens


@given(
    st.binary(max_size=200),
    st.sampled_from([None, "utf-8", "windows-1252", "shift_jis", "utf-16", "nonsense", "gb18030"]),
)
def test_any_bytes_decode(data: bytes, charset: str | None) -> None:
    """Malformed bytes never raise and leave no lone surrogate."""
    text, name = decode(Page("x", data, charset=charset))
    text.encode("utf-8")
    assert name


@pytest.mark.parametrize(
    ("data", "charset", "name", "text"),
    [
        (b"\xef\xbb\xbf\xc3\xa9", "latin-1", "utf-8", "é"),
        (b"\xff\xfe\xe9\x00", None, "utf-16le", "é"),
        (b"\xe9", "ISO-8859-1", "windows-1252", "é"),
        (b"\x93\x81", None, "windows-1252", "“\x81"),
        (b'<meta charset="utf-8">\xc3\xa9', None, "utf-8", '<meta charset="utf-8">é'),
        (b"<meta charset=utf-16>\xc3\xa9", None, "utf-8", "<meta charset=utf-16>é"),
        (b"<!-- <meta charset=utf-8> -->\xe9", None, "windows-1252", "<!-- <meta charset=utf-8> -->é"),
        (
            b"<META content='text/html; charset=Shift_JIS' http-equiv=content-type>\x87\x40",
            None,
            "shift_jis",
            "<META content='text/html; charset=Shift_JIS' http-equiv=content-type>①",
        ),
        (
            b'<?xml version="1.0" encoding="iso-8859-2"?>\xb1',
            None,
            "iso-8859-2",
            '<?xml version="1.0" encoding="iso-8859-2"?>ą',
        ),
    ],
)
def test_the_encoding_is_found_by_the_rules(data: bytes, charset: str | None, name: str, text: str) -> None:
    assert decode(Page("x", data, charset=charset)) == (text, name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ab, c", [("ab", 0, 2), ("c", 4, 5)]),
        # Several tokens of one character have its range, and so has what is written together with them.
        ("\u00bd x", [("1", 0, 1), ("2", 0, 1), ("x", 2, 3)]),
        ("x\u00bdy\u00bd", [("x", 0, 1), ("1", 1, 2), ("2", 1, 2), ("y", 2, 3), ("1", 3, 4), ("2", 3, 4)]),
        # A character that becomes several, and several that become one.
        ("\ufb01n de", [("fin", 0, 2), ("de", 3, 5)]),
        ("\u00e9 e\u0301a", [("\u00e9", 0, 1), ("\u00e9a", 2, 5)]),
        ("\u1112\u1161\u11ab\uae00", [("\ud55c\uae00", 0, 4)]),
        ("\uff76\uff9e", [("\u30ac", 0, 2)]),
        ("\u00df", [("ss", 0, 1)]),
        ("\u2460\u2461", [("12", 0, 2)]),
        # Scripts without spaces, with marks and beyond the basic plane.
        ("\u6211\u7231abc", [("\u6211", 0, 1), ("\u7231", 1, 2), ("abc", 2, 5)]),
        ("\u0e25\u0e34\u0e07", [("\u0e25\u0e34", 0, 2), ("\u0e07", 2, 3)]),
        ("\u4e2d\u0301\u6587", [("\u4e2d\u0301", 0, 2), ("\u6587", 2, 3)]),
        ("\U00020000b", [("\U00020000", 0, 1), ("b", 1, 2)]),
        # What is ignored belongs to the token around it; what is no token, to none.
        ("a\u00adb c", [("ab", 0, 3), ("c", 4, 5)]),
        ("\U0001f600a", [("a", 1, 2)]),
        ("\u3000a", [("a", 1, 2)]),
        # Vowels and final consonants of Hangul go with what is before them; the Ethiopic letter behind them does not.
        ("\ufb01.\u11ff", [("fi", 0, 1), ("\u11ff", 1, 3)]),
        ("\ufb01.\u1161", [("fi", 0, 1), ("\u1161", 1, 3)]),
        ("\ufb01.\u115e", [("fi", 0, 1), ("\u115e", 2, 3)]),
        ("\ufb01.\u1200", [("fi", 0, 1), ("\u1200", 2, 3)]),
        ("\u2026 \u2014", []),
    ],
)
def test_offsets_by_hand(text: str, found: list[tuple[str, int, int]]) -> None:
    assert tokenise_with_offsets(text) == found
