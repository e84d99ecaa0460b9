"""From texts to vectors: what an encoder is, which model the settings mean, and the door to sentence-transformers."""
