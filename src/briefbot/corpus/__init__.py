"""From files to what they say: finding them, reading them in a child process, their metadata and language."""
