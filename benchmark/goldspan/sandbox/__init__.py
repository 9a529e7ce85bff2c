"""Extractors in processes of their own: isolation, limits, the any-language protocol, the loop over pages."""
