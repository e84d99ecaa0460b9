"""From texts to vectors: what an encoder is, which model the settings mean, and the door to sentence-transformers."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime reads it when it is loaded, and would send what it counts
