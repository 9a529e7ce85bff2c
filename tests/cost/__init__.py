"""Tests of what things cost; tests/speed holds the benchmarks."""
