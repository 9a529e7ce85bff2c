"""Boilerplate phrases, one file per language."""
