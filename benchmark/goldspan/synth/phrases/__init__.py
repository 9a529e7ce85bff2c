"""Boilerplate phrases, a file a language."""
