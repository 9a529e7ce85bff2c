"""``python -m goldspan``: the command."""

from goldspan.cli import main

main()
