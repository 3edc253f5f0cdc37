"""Makes the file of word ratings from VADER's lexicon: numbers and hashes, no words.

    python -m benchmarks.understanding.word_ratings [--out FILE]

The lexicon is read from the package in the peers' environment, which is made where it is missing.
The same package gives the same file bit for bit.
"""

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.understanding.peers import peers_python
from feedback.reading.hashing import word_hash
from feedback.reading.model import write_arrays
from feedback.reading.ratings import FILE, STEPS
from feedback.words import words_of

_PRINT = (
    "import importlib.resources as found;"
    "print((found.files('vaderSentiment') / 'vader_lexicon.txt').read_text('utf-8'))"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file, and say how many words it rates."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=FILE)
    out: Path = parser.parse_args(arguments).out
    printed = subprocess.run(  # noqa: S603 - our own command
        [str(peers_python()), "-c", _PRINT], capture_output=True, check=True
    )
    ratings = rated_words(printed.stdout.decode("utf-8"))
    hashes = np.array(sorted(ratings), dtype=np.uint32)
    steps = np.array([round(ratings[hashed] * STEPS) for hashed in hashes.tolist()], dtype=np.int8)
    write_arrays(out, {"hashes": hashes, "ratings": steps})
    print(f"{out}: {len(hashes)} words, {out.stat().st_size} bytes")


def rated_words(lexicon: str) -> dict[int, float]:
    """Read lines of a word and its rating, parted by tabs; what our rules would cut is no word."""
    ratings: dict[int, float] = {}
    for line in lexicon.splitlines():
        word, _, rest = line.partition("\t")
        if rest and word.isalpha() and words_of(word) == (word,):
            ratings[word_hash(word, negated=False)] = float(rest.split("\t")[0])
    return ratings


if __name__ == "__main__":
    main()
