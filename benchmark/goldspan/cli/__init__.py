"""The command line: parse, call, print. One file a command; a command's file is imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from keyword import iskeyword

import click

from goldspan import __version__
from goldspan.errors import GoldspanError

COMMANDS = {
    "score": "Run extractors over a corpus and score them.",
    "rescore": "Score a run file again, under another policy or metric.",
    "compare": "Paired differences between the systems of run files.",
    "gate": "Fail a build when a change made an extractor worse.",
    "explain": "Show one page: the words kept, lost and leaked.",
    "crawl": "Run extractors over a crawl without gold: WARC or Parquet, one machine or many.",
    "suggest": "Name the pages of a crawl that are best annotated next.",
    "speed": "Measure what extractors cost: time, throughput, memory, growth.",
    "selfcheck": "Try an extractor on odd and hostile pages.",
    "list": "List what is registered: extractors, corpora, metrics, policies.",
    "draw": "Compose fresh pages that nobody has seen.",
    "gallery": "Show every page of a set beside its labels, as static HTML.",
    "submit": "Run a system and bundle its predictions for a leaderboard.",
    "verify": "Score a bundle anew, run it again, or challenge it with fresh pages.",
    "add": "Add a page to a folder of samples: a file, a URL, a WARC record, MHTML.",
    "leaderboard": "Keep verified submissions, and build a site from them.",
    "annotate": "Label pages in the browser, on a local page.",
    "agree": "How far annotators agree, and which blocks to adjudicate.",
    "adjudicate": "Decide the blocks on which the annotators of a page differ.",
    "amend": "Correct released gold: with a reason, a new version, a line in the changelog.",
    "export": "Write samples for Label Studio, brat, as JSONL, Parquet or stand-off gold.",
    "import": "Read samples back from Label Studio, brat, JSONL or Parquet.",
    "publish": "Send the data set or a leaderboard's site to the Hugging Face Hub.",
    "check": "Check gold files: schema, hashes, streams, labels.",
}


class _Commands(click.Group):
    """Knows its commands by name and help line, so that help needs none of their imports."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = f"{name}_" if iskeyword(name) else name
        command = import_module(f"goldspan.cli.{module}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: goldspan score trafilatura ./mine.py:extract",
)
@click.version_option(__version__, prog_name="goldspan")
def group() -> None:
    """Goldspan measures how well an extractor gets the article out of a web page, and how fast."""


def main() -> None:
    """The entry point: every fault that a user can put right is one line on standard error and exit code 2."""
    try:
        code = group.main(standalone_mode=False)
    except GoldspanError as error:
        click.echo(f"goldspan: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("goldspan: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; nothing more is to be written there.
        sys.stdout = None
        sys.exit(141)
    sys.exit(code if isinstance(code, int) else 0)
