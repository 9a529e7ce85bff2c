#!/usr/bin/env python3
"""Fill figures of README.md between its markers: `scripts/studies/readme_figures.py --aeb A.jsonl --speed S`.

  --aeb    a run of every system over article-extraction-benchmark: `goldspan score … --corpus aeb:PATH --save A.jsonl`
  --speed  `.venv/bin/python -m pytest tests/speed --benchmark-json FILE.json`
  --site   the same of tests/speed/test_site_speed.py; fills annotations/figures/site.md and the leaderboard's guide
  --keys   the same of tests/speed/test_annotate_speed.py; fills annotations/figures/keys.md and the annotator's guide

What is not given stays as it is. The table of the core set is made by scripts/studies/ship_results.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checkout import GUIDES, ROOT
from documents import Part, Report, settle
from goldspan.evaluate.evaluation import evaluate, scoring_for
from goldspan.evaluate.run_files import corpus_of, read_predictions
from goldspan.report.markdown import score_markdown
from study import launch, parser_of

README = ROOT / "README.md"
SITE = Report("site.md", "site", GUIDES / "leaderboard" / "README.md")
KEYS = Report("keys.md", "keys", GUIDES / "annotate" / "README.md")
METRICS = ["body", "shingle", "words", "leak", "loss", "order"]
TITLES = ["Body F1", "Prec.", "Recall", "Leaked", "Lost", "Reordered", "Failures", "Shingle F1", "Words F1"]


def table(path: Path) -> str:
    """A run's table, with its protocol."""
    made = read_predictions(path)
    corpus = corpus_of(made, None)
    result = evaluate(corpus, list(made.systems.values()), scoring_for(corpus, metrics=METRICS)).result()
    return score_markdown(result, TITLES)


def benchmarks(path: Path) -> dict[str, dict[str, Any]]:
    """What pytest-benchmark wrote, by the names of the benchmarks."""
    return {str(one["name"]): one for one in json.loads(path.read_text(encoding="utf-8"))["benchmarks"]}


def speed(path: Path) -> str:
    """The ratios and times of a run of the benchmarks."""
    found = benchmarks(path)

    def ratio(name: str) -> str:
        info = found[name]["extra_info"]
        return f"{info['wall_ratio']:.0f} × in wall time, {info['cpu_ratio']:.0f} × in CPU time"

    def ms(name: str) -> str:
        return f"{1000 * found[name]['stats']['median']:.0f} ms"

    isolation = found["test_isolation"]["extra_info"]
    rows = [
        (
            "shingle scoring of eight systems on 181 pages with 1,000 resamples, against the plain way",
            ratio("test_shingle_and_bootstrap"),
        ),
        ("the bootstrap alone", ratio("test_bootstrap_alone")),
        (
            "alignment of a median page, its index included",
            f"{1000 * found['test_alignment_of_a_median_page']['stats']['median']:.1f} ms",
        ),
        ("alignment of a page of 1 MB", ms("test_alignment_of_a_megabyte")),
        (
            "alignment, body, leaks and shingles of a system's page",
            f"{found['test_a_page_of_a_system']['extra_info']['cpu_ms']:.1f} ms of CPU time",
        ),
        ("2,000 paired resamples of 30 systems on 2,000 pages", ms("test_bootstrap_of_thirty_systems")),
        ("`goldspan --help`", ms("test_help")),
        (
            "`goldspan score trafilatura --jobs 2` on the core set",
            f"{found['test_core_set_with_trafilatura']['stats']['median']:.1f} s",
        ),
        (
            "what isolation adds to a plain loop of trafilatura over 181 pages",
            f"{isolation['added']:+.1%}, and {isolation['start_ms']:.0f} ms to start",
        ),
    ]
    return "\n".join(["| what | measured |", "| --- | --- |", *(f"| {what} | {value} |" for what, value in rows)])


def keys(path: Path) -> list[Part]:
    """How long a key of the annotator waits for its answer."""
    kinds = benchmarks(path)["test_keys_on_3000_blocks"]["extra_info"]
    lines = ["| key | presses | median | p90 | p99 | slowest | until it is painted, p99 |", "| --- |" + " ---: |" * 6]
    for kind, info in kinds.items():
        laid = info["laid_ms"]
        cells = [f"{laid[name]:.0f}" for name in ("median", "p90", "p99", "slowest")]
        lines.append(f"| {kind} | {info['presses']} | {' | '.join(cells)} | {info['shown_ms']['p99']:.0f} |")
    whole = kinds["all"]
    headline = (
        f"Of {whole['presses']} presses, 99 % are answered within {whole['laid_ms']['p99']:.0f} ms, the slowest in "
        f"{whole['laid_ms']['slowest']:.0f} ms."
    )
    return KEYS.parts(headline, "\n".join(lines))


def site(path: Path) -> list[Part]:
    """How large the site is, and how long building and drawing it take."""
    found = benchmarks(path)
    built, grown, drawn = (
        found[name] for name in ("test_site_build", "test_site_build_with_one_more_system", "test_overview_drawn")
    )
    info = built["extra_info"]

    def seconds(one: dict[str, Any]) -> str:
        return f"{one['stats']['min']:.1f} s, {one['extra_info']['cpu_seconds']:.1f} s of it CPU time"

    size = f"{info['bytes'] / 2**20:.1f} MB in {info['files']} files"
    rows = [
        ("the site", size, "40 MB"),
        ("its overview", f"{info['overview_bytes'] / 1000:.0f} kB", "600 kB"),
        ("building it from stored results", seconds(built), "60 s"),
        ("building it again with one more system", seconds(grown), "10 s"),
        ("drawing the overview in Chromium", f"{drawn['extra_info']['browser_ms']:.0f} ms", "1 s"),
    ]
    headline = (
        f"For {info['systems']} systems on {info['pages']} pages, the site has {size} and is built in "
        f"{built['stats']['min']:.1f} s."
    )
    lines = ["| what | measured | budget |", "| --- | --: | --: |"]
    lines += [f"| {what} | {value} | {most} |" for what, value, most in rows]
    return SITE.parts(headline, "\n".join(lines))


def main() -> int:
    parser = parser_of(__doc__)
    for name in ("aeb", "speed", "site", "keys"):
        parser.add_argument(f"--{name}", type=Path)
    options = parser.parse_args()
    parts = []
    if options.aeb:
        parts.append(Part(README, "aeb", table(options.aeb)))
    if options.speed:
        parts.append(Part(README, "speed", speed(options.speed)))
    if options.site:
        parts += site(options.site)
    if options.keys:
        parts += keys(options.keys)
    return settle(parts, "write")


if __name__ == "__main__":
    launch(main)
