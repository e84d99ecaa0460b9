"""From a question to ranked passages: terms, candidate sources, features, fusion, confidence."""
