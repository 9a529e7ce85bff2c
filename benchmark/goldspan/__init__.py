"""Goldspan: an evaluation benchmark and dataset toolkit for web-article extraction."""

__version__ = "0.1.0"
