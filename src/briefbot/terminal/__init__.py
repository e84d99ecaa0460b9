"""The terminal edge: pure functions from answers and reports to harmless, readable text."""
