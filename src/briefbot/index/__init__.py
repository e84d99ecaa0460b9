"""The index on disk: immutable parts, numbered generations, and how they are written, verified and read."""
