"""briefbot answers questions with the exact passage of a document, and a citation."""

__version__ = "0.1.0"
