"""Measurements: run from the project folder, as in `python -m benchmarks.quality`; never part of the tests."""
