"""The static site on which people choose."""
