"""Text streams, alignment, policies, metrics, statistics, identity and scoring.

Everything here is pure: no files, clocks, processes or network.
"""
