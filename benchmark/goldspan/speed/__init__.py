"""What a system costs: time against one parse of the same page, memory, throughput, and how cost grows with the page.

``bench_session`` is the entry point: it runs pytest-benchmark in a process of its own, which asks each system, in a
guarded process of its own too, for one page after the other. README.md in this folder says what is measured and why.
"""
