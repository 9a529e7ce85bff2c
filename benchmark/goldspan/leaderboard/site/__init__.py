"""The static site for choosing an extractor."""
