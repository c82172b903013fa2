"""What we claim about speed, measured: each figure beside that of a peer doing the same work in the same run.

`python -m benchmarks.kernel`, `.queue`, `.seek`, `.frames`, `.fanout`, `.drawing`, `.setup`, `.matching`; results with
their date are in RESULTS.md. Nothing here is asserted in tests: a machine that is busy would fail them. What carries
over from machine to machine is the ratio, so contenders take turns, round after round, and the ratio is taken within a
round.
"""
