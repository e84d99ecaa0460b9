"""Measurements: run from the project folder, as in `python -m benchmarks.all`; never part of the tests."""
