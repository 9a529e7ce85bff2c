"""A page explained, on a terminal: colours where there are any, and marks that say the same without them.

Braces stand around what the output holds, brackets around what it lacks: ``{+leaked+}``, ``[-lost-]``. Faults carry
their marks in colour too, for those who do not see the colours apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType

from rich.console import Console
from rich.text import Text

from goldspan.report import formatting
from goldspan.report.explain import Bit, Explained, Fold, Kind, Line


@dataclass(frozen=True, slots=True)
class Look:
    """How words of one kind look.

    Attributes:
        left, right: the marks around them.
        style: in colour.
        fault: whether the marks stand in colour too.
        about: for the legend.
    """

    left: str
    right: str
    style: str
    fault: bool
    about: str


LOOKS: Mapping[Kind, Look] = MappingProxyType(
    {
        "kept": Look("", "", "green", False, "kept"),
        "lost": Look("[-", "-]", "bold red", True, "lost"),
        "leaked": Look("{+", "+}", "bold yellow", True, "leaked"),
        "invented": Look("{?", "?}", "bold magenta", True, "invented"),
        "repeated": Look("{=", "=}", "bold cyan", True, "repeated"),
        "neutral": Look("{~", "~}", "blue", False, "neutral, put out"),
        "neutral-missed": Look("[~", "~]", "dim blue", False, "neutral, not put out"),
        "noise": Look("[.", ".]", "dim", False, "noise, left out"),
        "copy": Look("[:", ":]", "dim italic", False, "a copy of other text"),
        "between": Look("", "", "", False, ""),
    }
)
_LABEL_WIDTH = 20


def print_explained(explained: Explained, console: Console, *, page: bool = True, output: bool = True) -> None:
    """Print what became of a page's words.

    Args:
        page: show the page, block by block.
        output: show the output in its own order.
    """
    console.print(Text(f"{explained.id}  {explained.system}", style="bold"), soft_wrap=True)
    if explained.url:
        console.print(Text(explained.url, style="dim"), soft_wrap=True)
    for said in summary(explained):
        console.print(Text(said))
    shown = _kinds_in([*explained.page, *explained.output])
    console.print(_legend(shown, console))
    if page:
        console.print(Text("\nThe page", style="bold"))
        console.print(_grid(explained.page, console), soft_wrap=True)
    if output:
        console.print(Text("\nThe output", style="bold"))
        grid = _grid(explained.output, console) if explained.output else Text("empty", style="dim")
        console.print(grid, soft_wrap=True)


def summary(explained: Explained) -> list[str]:
    """The page's figures in one or two lines."""
    said = []
    if explained.status != "ok":
        said.append(f"status: {explained.status}" + (f": {explained.error}" if explained.error else ""))
    titles = {"f1": "F1", "precision": "precision", "recall": "recall", "tau": "order tau"}
    parts = [
        f"{title} {formatting.share(explained.figures[name])}"
        for name, title in titles.items()
        if name in explained.figures
    ]
    counts = explained.counts
    parts.append(f"{counts['kept']} of {counts['content']} tokens kept")
    parts += [
        f"{counts[name]} {name}" for name in ("lost", "leaked", "invented", "repeated", "neutral") if counts[name]
    ]
    return [*said, ", ".join(parts)]


def _kinds_in(items: Iterable[Line | Fold]) -> set[Kind]:
    return {kind for item in items if isinstance(item, Line) for kind in item.kinds}


def _legend(kinds: set[Kind], console: Console) -> Text:
    text = Text("")
    for kind, style in LOOKS.items():
        if kind in kinds and style.about:
            text.append("  " if text else "")
            text.append_text(_marked(Bit(style.about, kind), console))
    return text


def _marked(bit: Bit, console: Console) -> Text:
    look = LOOKS[bit.kind]
    if look.fault or not has_colours(console):
        return Text(f"{look.left}{bit.text}{look.right}", style=look.style)
    return Text(bit.text, style=look.style)


def has_colours(console: Console) -> bool:
    """Whether colours are shown: not with NO_COLOR, on a dumb terminal or in a pipe."""
    return console.color_system is not None and not console.no_color


def _grid(items: Sequence[Line | Fold], console: Console) -> Text:
    """Number, label and words in three columns. Laid out here: a table of rich's measures and renders each cell on its
    own, and takes over a second for a page of thousands of blocks."""
    numbers = [str(item.number) if isinstance(item, Line) and item.number is not None else "" for item in items]
    labels = [_label(item) if isinstance(item, Line) else Text("") for item in items]
    edge = max(map(len, numbers), default=0) + 1
    room = min(max((label.cell_len for label in labels), default=0), _LABEL_WIDTH, console.width // 3)
    width = max(console.width - edge - room - 1, 1)
    grid = Text()
    for item, number, label in zip(items, numbers, labels, strict=True):
        heads = label.wrap(console, room, overflow="fold")
        lines = _words(item, console).wrap(console, width, overflow="fold")
        for row, (head, words) in enumerate(zip_longest(heads, lines)):
            grid.append("\n" if grid else "")
            grid.append(f"{'' if row else number:>{edge - 1}} ", style="dim")
            grid.append_text(head or Text())
            if words:
                grid.append(" " * (room + 1 - (head.cell_len if head else 0)))
                grid.append_text(words)
    return grid


def _label(item: Line) -> Text:
    return Text(item.label + (f" ({item.remark})" if item.remark else ""), style="dim")


def _words(item: Line | Fold, console: Console) -> Text:
    if isinstance(item, Fold):
        return Text(f"… {item.says}", style="dim")
    return Text.assemble(*(_marked(bit, console) for bit in item.bits))
