"""Bundles: what is submitted is verified, and what was tampered with is refused with one clear line."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard

from goldspan.core.text import TOKENS
from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.files import sha256, write_folder
from goldspan.errors import BundleError, ExtractorError
from goldspan.leaderboard.bundle import (
    CARD,
    ENVIRONMENT,
    PREDICTIONS,
    RESULT,
    bundle_files,
    pack_predictions,
    read_bundle,
)
from goldspan.leaderboard.card import card_from_data
from goldspan.leaderboard.challenge import make_challenge, open_kept, open_sent, score_answers
from goldspan.leaderboard.compression import LARGEST_UNPACKED
from goldspan.leaderboard.entries import add_entry, make_entry
from goldspan.leaderboard.site.build_site import build_site
from goldspan.leaderboard.submission import make_bundle, registered_spec, run_system
from goldspan.leaderboard.verification import verify
from goldspan.sandbox.process import Limits
from tests.helpers import goldspan, make_corpus, make_sample

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return open_corpus(str(make_corpus(tmp_path_factory.mktemp("corpus") / "samples", 4)))


@pytest.fixture(scope="module")
def submitted(corpus: Corpus) -> dict[str, bytes]:
    """The files of an honest bundle."""
    run = run_system("selectolax-text", corpus, Limits())
    return bundle_files(make_bundle("selectolax-text", run, corpus, {"contact": "Ada Ferring"}))


@pytest.fixture
def folder(submitted: dict[str, bytes], tmp_path: Path) -> Path:
    write_folder(tmp_path / "bundle", submitted)
    return tmp_path / "bundle"


def lines_of(folder: Path) -> Lines:
    return [json.loads(line) for line in zstandard.decompress((folder / PREDICTIONS).read_bytes()).splitlines()]


def put(folder: Path, lines: Lines) -> None:
    """New predictions, with the hash in result.json made to fit: what a careful forger does."""
    packed = zstandard.compress("".join(json.dumps(line) + "\n" for line in lines).encode())
    (folder / PREDICTIONS).write_bytes(packed)
    change(folder / RESULT, lambda result: result.update(predictions_sha256=sha256(packed)))


def change(path: Path, how: Callable[[dict[str, Any]], object]) -> None:
    data = yaml.safe_load(path.read_text())
    how(data)
    path.write_text(json.dumps(data))


def refused(folder: Path, corpus: Corpus, *words: str) -> None:
    """Reading or verifying ends with one line that says all the words."""
    with pytest.raises(BundleError) as caught:
        verify(read_bundle(folder), corpus)
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line


def test_an_honest_bundle_is_scored_anew(folder: Path, corpus: Corpus) -> None:
    bundle = read_bundle(folder)
    verified = verify(bundle, corpus)
    assert verified.tag == "re-scored"
    assert verified.result.scores["body.f1"].value == pytest.approx(bundle.claims["body.f1"], abs=1e-5)
    assert bundle.card.contact == "Ada Ferring"
    assert bundle.card.licence == "MIT"
    assert bundle.machine.parse_ms
    assert bundle_files(bundle)[PREDICTIONS] == pack_predictions(bundle.predictions.values())


def test_a_re_run_takes_its_own_predictions(folder: Path, corpus: Corpus) -> None:
    again = run_system(registered_spec(read_bundle(folder).card), corpus, Limits())
    assert verify(read_bundle(folder), corpus, again).tag == "re-run"


def test_a_changed_file_is_seen_by_its_hash(folder: Path, corpus: Corpus) -> None:
    lines = lines_of(folder)
    lines[0]["text"] = "Another text."
    (folder / PREDICTIONS).write_bytes(zstandard.compress("\n".join(map(json.dumps, lines)).encode()))
    refused(folder, corpus, PREDICTIONS, "hash differs")


def test_a_changed_text_is_seen_by_the_claims_and_by_a_re_run(folder: Path, corpus: Corpus) -> None:
    lines = lines_of(folder)
    original = lines[0]["text"]
    lines[0]["text"] = corpus.load(lines[0]["id"]).gold.blocks[3].text  # type: ignore[index]
    put(folder, lines)
    refused(folder, corpus, "result.json claims", "the predictions give")
    change(folder / RESULT, lambda result: result.update(claims={}))
    assert verify(read_bundle(folder), corpus).tag == "re-scored"
    again = run_system("selectolax-text", corpus, Limits())
    with pytest.raises(BundleError, match=r"1 page with another text .* not those of this system"):
        verify(read_bundle(folder), corpus, again)
    assert again.predictions[lines[0]["id"]].extraction.text == original  # type: ignore[union-attr]


def test_a_page_missing_is_refused(folder: Path, corpus: Corpus) -> None:
    put(folder, lines_of(folder)[1:])
    refused(folder, corpus, "1 page without a prediction", "en-heron-0")


def test_a_page_twice_is_refused(folder: Path, corpus: Corpus) -> None:
    put(folder, [*lines_of(folder), lines_of(folder)[0]])
    refused(folder, corpus, "line 5", "second time", "en-heron-0")


def test_another_pages_hash_is_refused(folder: Path, corpus: Corpus) -> None:
    lines = lines_of(folder)
    lines[0]["page_sha256"] = lines[1]["page_sha256"]
    put(folder, lines)
    refused(folder, corpus, "en-heron-0", "that of page 'en-heron-1'")
    lines[0]["page_sha256"] = "0" * 64
    put(folder, lines)
    refused(folder, corpus, "of no page of this corpus")


def test_edited_scores_are_refused(folder: Path, corpus: Corpus) -> None:
    change(folder / RESULT, lambda result: result["claims"].update({"body.f1": 0.999}))
    refused(folder, corpus, "claims body.f1 = 0.999", "the predictions give 0.")
    change(folder / RESULT, lambda result: result.update(claims={"body.glory": 1.0}))
    refused(folder, corpus, "body.glory")


def test_another_protocol_is_refused(folder: Path, corpus: Corpus) -> None:
    change(folder / RESULT, lambda result: result.update(protocol=result["protocol"].replace(f"tok:{TOKENS}", "tok:9")))
    refused(folder, corpus, f"'tok:9' there, 'tok:{TOKENS}' here")


def test_another_corpus_is_refused_with_the_difference_named(folder: Path, corpus: Corpus, tmp_path: Path) -> None:
    refused(folder, open_corpus(str(make_corpus(tmp_path / "other", 5))), "1 page not in the bundle", "en-heron-4")
    changed = make_corpus(tmp_path / "changed", 4)
    from goldspan.data.gold import write_sample

    html = make_sample().page.data.decode().replace("village", "hamlet")
    write_sample(changed / "en-heron-2", make_sample("en-heron-2", html))
    refused(folder, open_corpus(str(changed)), "1 page changed", "en-heron-2")


def test_the_canary_in_an_output_is_refused(folder: Path, corpus: Corpus) -> None:
    lines = lines_of(folder)
    lines[2]["metadata"] = {"title": "goldspan-test"}
    put(folder, lines)
    refused(folder, corpus, "canary", "en-heron-2")


def test_a_zstd_bomb_is_refused_without_being_unpacked(folder: Path, corpus: Corpus) -> None:
    """Ten gigabytes of spaces, in about a megabyte."""
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    chunk = b" " * 2**26
    packed = b"".join(packer.compress(chunk) for _ in range(160)) + packer.flush()
    assert len(packed) < 2**22
    (folder / PREDICTIONS).write_bytes(packed)
    change(folder / RESULT, lambda result: result.update(predictions_sha256=sha256(packed)))
    refused(folder, corpus, f"unpacks to more than {LARGEST_UNPACKED} bytes")


def test_symbolic_links_are_refused(folder: Path, corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes((folder / RESULT).read_bytes())
    (folder / RESULT).unlink()
    (folder / RESULT).symlink_to(tmp_path / "secret")
    refused(folder, corpus, RESULT, "symbolic link")


def test_a_pipe_and_a_folder_are_no_files(folder: Path, corpus: Corpus) -> None:
    (folder / ENVIRONMENT).unlink()
    os.mkfifo(folder / ENVIRONMENT)
    refused(folder, corpus, ENVIRONMENT, "no plain file")
    (folder / ENVIRONMENT).unlink()
    (folder / ENVIRONMENT).mkdir()
    refused(folder, corpus, ENVIRONMENT)


def test_paths_that_lead_out_are_refused(folder: Path, corpus: Corpus, tmp_path: Path) -> None:
    lines = lines_of(folder)
    put(folder, [{**lines[0], "id": "../../../etc/passwd"}, *lines[1:]])
    refused(folder, corpus, "'../../../etc/passwd'", "does not have")
    put(folder, lines)
    change(folder / CARD, lambda card: card.update(command="../../evil.py:extract"))
    with pytest.raises(ExtractorError, match="no registered system"):
        registered_spec(read_bundle(folder).card)
    (folder / "notes").mkdir()
    refused(folder, corpus, "'notes'", "belongs to no bundle")


def test_the_pages_of_a_challenge_stay_in_their_folder(tmp_path: Path) -> None:
    (tmp_path / "pages.json").write_text(json.dumps({"pages": [{"id": "../bundle"}]}))
    with pytest.raises(BundleError, match="no file name"):
        open_sent(tmp_path)


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values that hold no others; a list or mapping without any counts as one."""
    inside = list(data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ())
    if not inside:
        yield path
    for key, value in inside:
        yield from leaves(value, (*path, key))


def put_at(data: Any, path: tuple[Any, ...], value: object) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


def test_markup_in_every_field_of_every_file_is_refused_or_stays_text(
    submitted: dict[str, bytes], corpus: Corpus, tmp_path: Path
) -> None:
    """One field after the other holds a script; then all of those at once that may hold a text, on a site."""
    parsed: dict[str, Any] = {name: yaml.safe_load(submitted[name]) for name in (CARD, ENVIRONMENT, RESULT)}
    parsed[CARD] |= {"homepage": "https://example.org", "options": {"a": "b"}, "tuned_on": ["c"], "trained_on": ["d"]}
    parsed[PREDICTIONS] = [json.loads(line) for line in zstandard.decompress(submitted[PREDICTIONS]).splitlines()]
    parsed[PREDICTIONS][0]["metadata"] = {"title": "a", "authors": ["b"], "published": "c"}
    parsed[PREDICTIONS][1] |= {"status": "error", "error": "what went wrong"}
    del parsed[PREDICTIONS][1]["text"]
    parsed[RESULT]["claims"] = {}
    verify(read_bundle(written(tmp_path / "honest", parsed)), corpus)
    accepted = []
    for number, (name, path) in enumerate((name, path) for name, data in parsed.items() for path in leaves(data)):
        changed = copy.deepcopy(parsed)
        put_at(changed[name], path, HOSTILE)
        said = ""
        try:
            verify(read_bundle(written(tmp_path / str(number), changed)), corpus)
            accepted.append((name, path))
        except BundleError as fault:
            said = str(fault)
        assert "\n" not in said, (name, path)
    texts = {(name, *path) for name, path in accepted}
    assert {(CARD, "about"), (CARD, "licence"), (CARD, "options", "a"), (ENVIRONMENT, "environment", "python")} <= texts
    assert {(PREDICTIONS, 0, "text"), (PREDICTIONS, 0, "metadata", "title"), (PREDICTIONS, 1, "error")} <= texts
    assert not {(CARD, "homepage"), (CARD, "kind"), (PREDICTIONS, 0, "id"), (RESULT, "protocol")} & texts
    for name, path in accepted:
        put_at(parsed[name], path, HOSTILE)
    verified = verify(read_bundle(written(tmp_path / "all", parsed)), corpus)
    add_entry(tmp_path / "store", *make_entry(verified, corpus, None, 1, "2026-01-31"))
    for page, data in build_site([tmp_path / "store"], corpus).items():
        if page.endswith(".html"):
            assert b"<script>alert" not in data, page
            assert b"<img src=x" not in data, page


def written(folder: Path, parsed: dict[str, Any]) -> Path:
    """A bundle of this, with the hash of its predictions made to fit."""
    packed = zstandard.compress("".join(json.dumps(line) + "\n" for line in parsed[PREDICTIONS]).encode())
    result = {**parsed[RESULT], "predictions_sha256": sha256(packed)}
    files = {name: json.dumps(data).encode() for name, data in {**parsed, RESULT: result}.items()}
    write_folder(folder, {**files, PREDICTIONS: packed})
    return folder


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("homepage", "javascript:alert(1)"),
        ("homepage", f"https://example.org/{HOSTILE}"),
        ("kind", HOSTILE),
        ("name", "two\nlines"),
        ("name", "\x1b[31mred"),
        ("name", "\u202eright to left"),
        ("name", ""),
        ("version", 2.3),
        ("needs", {"gpu": HOSTILE}),
        ("fields", [HOSTILE]),
        (HOSTILE, HOSTILE),
    ],
)
def test_what_a_card_may_not_hold_is_refused(folder: Path, corpus: Corpus, name: str, value: object) -> None:
    change(folder / CARD, lambda card: card.update({name: value}))
    refused(folder, corpus, CARD)


def test_aliases_and_objects_in_yaml_are_refused(folder: Path, corpus: Corpus) -> None:
    (folder / CARD).write_text("a: &a [x, x]\nb: [*a, *a]\n")
    refused(folder, corpus, "alias")
    (folder / CARD).write_text("name: !!python/object/apply:os.system [echo]\n")
    refused(folder, corpus, "plain YAML")
    (folder / CARD).write_bytes(b"name: " + b"x" * 2**17)
    refused(folder, corpus, "may have")


@pytest.mark.parametrize("text", [b"{", b"[" * 5000, b'{"id": NaN}', b"null", b'{"id": "\\ud800"}', b"\xff\xfe"])
def test_what_is_no_prediction_is_one_line(folder: Path, corpus: Corpus, text: bytes) -> None:
    packed = zstandard.compress(text)
    (folder / PREDICTIONS).write_bytes(packed)
    change(folder / RESULT, lambda result: result.update(predictions_sha256=sha256(packed)))
    refused(folder, corpus, f"{PREDICTIONS} line 1")


def test_what_is_not_packed_is_refused(folder: Path, corpus: Corpus) -> None:
    (folder / PREDICTIONS).write_bytes(b'{"id": "en-heron-0"}')
    change(folder / RESULT, lambda result: result.update(predictions_sha256=sha256(b'{"id": "en-heron-0"}')))
    refused(folder, corpus, "cannot be unpacked")


def test_a_failure_carries_no_text(folder: Path, corpus: Corpus) -> None:
    lines = lines_of(folder)
    lines[0] |= {"status": "timeout"}
    put(folder, lines)
    refused(folder, corpus, "line 1")


def test_tuned_systems_oracles_and_ensembles_are_not_ranked() -> None:
    plain = {"bundle_version": 1, "name": "a", "version": "1", "kind": "rules", "command": "a"}
    assert card_from_data(plain, "here").unranked("core") is None
    assert card_from_data({**plain, "tuned_on": ["aeb"]}, "here").unranked("core") is None
    assert card_from_data({**plain, "tuned_on": ["Core@1f9a1c2e"]}, "here").unranked("core") == "tuned on core"
    assert card_from_data({**plain, "trained_on": ["goldspan"]}, "here").unranked("core") == "trained on core"
    assert card_from_data({**plain, "kind": "oracle"}, "here").unranked("core") == "an oracle"


def test_a_challenge_goes_out_without_gold_and_is_scored_when_it_comes_back(folder: Path, tmp_path: Path) -> None:
    bundle = read_bundle(folder)
    write_folder(tmp_path / "challenge", make_challenge(bundle, 5, 4))
    sent = {path.name: path.read_bytes() for path in (tmp_path / "challenge" / "send").iterdir()}
    assert sorted(sent) == ["fresh-0001.html", "fresh-0002.html", "fresh-0003.html", "fresh-0004.html", "pages.json"]
    assert not any(b"goldspan-canary" in data or b'"blocks"' in data for data in sent.values())
    pages = open_sent(tmp_path / "challenge" / "send")
    kept = open_kept(tmp_path / "challenge", bundle)
    answers = run_system("selectolax-text", pages, Limits()).predictions
    fresh = score_answers(bundle.card, kept, answers)
    assert fresh.score.n + 1 >= 4
    assert 0.2 < (fresh.score.value or 0) < 1
    with pytest.raises(BundleError, match="without a prediction"):
        score_answers(bundle.card, kept, {})
    change(folder / CARD, lambda card: card.update(about="changed"))
    with pytest.raises(BundleError, match="another bundle"):
        open_kept(tmp_path / "challenge", read_bundle(folder))


def test_the_commands_submit_and_verify(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 3)
    (tmp_path / "mine.py").write_text("def extract(html, url=None):\n    return 'A grey heron'\n")
    (tmp_path / "card.yaml").write_text("licence: MIT\nkind: model\nneeds: {gpu: true}\ntuned_on: [samples]\n")
    on = ("--corpus", "samples")
    done = goldspan("submit", "./mine.py:extract", "--card", "card.yaml", "--out", "mine", *on, cwd=tmp_path)
    assert "goldspan verify mine" in done.stderr
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == sorted(
        (CARD, ENVIRONMENT, PREDICTIONS, RESULT)
    )
    done = goldspan("verify", "mine", *on, cwd=tmp_path)
    assert ": re-scored, body F1" in done.stdout
    assert "not ranked: tuned on samples" in done.stdout
    assert "no registered system" in goldspan("verify", "mine", "--rerun", *on, cwd=tmp_path, code=2).stderr
    assert "re-run" in goldspan("verify", "mine", "--rerun-as", "./mine.py:extract", *on, cwd=tmp_path).stdout
    goldspan("score", "nothing", *on, "--save", "run.jsonl", cwd=tmp_path)
    goldspan("submit", "nothing", "--run-file", "run.jsonl", "--out", "none", *on, cwd=tmp_path)
    goldspan("verify", "none", "--challenge", "ch", "--seed", "3", "--pages", "3", *on, cwd=tmp_path)
    goldspan("submit", "nothing", "--pages", "ch/send", "--out", "answers.zst", cwd=tmp_path)
    done = goldspan("verify", "none", "--challenge", "ch", "--answers", "answers.zst", *on, cwd=tmp_path)
    assert "on fresh pages: body F1 .000" in done.stdout
    assert "not empty" in goldspan("submit", "nothing", "--out", "none", *on, cwd=tmp_path, code=2).stderr
