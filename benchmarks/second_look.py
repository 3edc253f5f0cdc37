"""How well the second look reads, beside the first look and both; how fast, and in how much memory.

    python -m benchmarks.second_look --data DIR [--model FILE]

``DIR`` holds ``train`` and ``tune``. To measure on a domain that it has not learnt from, make a file with
``rapport train --second-look --without SET`` and give it as ``--model`` (the first look that is shipped has
learnt from all of ``train``: its figures there say nothing). Prints a line for each set, then one JSON line.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.understanding.sets import FILES, Labelled, read
from bot.second_core import SecondCore
from feedback.reading.model import CLASSES, NEGATIVE
from feedback.second_look.both import with_second
from feedback.second_look.model import FILE, SecondLook
from feedback.training.measures import (
    Classes,
    Floats,
    area_under_curve,
    calibration_error,
    found_at_precision,
    macro_f1,
)
from feedback.training.second_look import labels
from feedback.training.second_look.examples import read_rows
from feedback.understanding import understand

Results = dict[str, float]
LEARNT_FROM = ("train/dynasent_dev.csv", "train/uci_sentences.csv")
PRECISION = 0.85
LENGTHS = (0, 40, 80, 120, 1_000_000)
"""Where one group of messages ends and the next begins, in characters."""
CHARACTERS, SLACK, TIMED, AT_ONCE = 100, 15, 512, 32
INTENTS = (
    ("tune/banking77_test.csv", labels.BANKING_PROBLEMS, labels.BANKING_DOUBTFUL),
    ("tune/bitext_dev.csv", labels.BITEXT_PROBLEMS, labels.BITEXT_DOUBTFUL),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with train/ and tune/")
    parser.add_argument("--model", type=Path, default=FILE, help="the file to measure")
    given = parser.parse_args(arguments)
    results: Results = {"size, MB": given.model.stat().st_size / 1e6}
    results |= speed_and_memory(given.model, _texts_to_time(given.data))
    _tell(results)
    look = SecondLook.load(given.model)
    for name in (*FILES, *LEARNT_FROM):
        results |= _tell(sentiments(look, read(given.data, name)))
    for name, problems, doubtful in INTENTS:
        results |= _tell(complaints(look, given.data / name, problems, doubtful))
    results |= _tell(reliability(look, [read(given.data, name) for name in FILES]))
    print(json.dumps({title: round(number, 2) for title, number in results.items()}))


def sentiments(look: SecondLook, labelled: Labelled) -> Results:
    """Tell how well each look alone, and both as ``rapport score`` has them, read a set; in percent."""
    firsts = [understand(text) for text in labelled.texts]
    both = with_second(firsts, labelled.texts, look)
    results: Results = {}
    for which, read_by in (("first look", firsts), ("both", both)):
        found, said = (
            np.array([one.probabilities for one in read_by]),
            np.array([CLASSES.index(one.sentiment) for one in read_by]),
        )
        results |= _titled(f"{labelled.name}: {which}", figures(labelled.truth, found, said))
    alone = opinions(look, labelled.texts)[:, :3]
    alone_figures = figures(labelled.truth, alone, alone.argmax(axis=1))
    return results | _titled(f"{labelled.name}: second look alone", alone_figures)


def _titled(title: str, results: Results) -> Results:
    return {f"{title}, {name}": number for name, number in results.items()}


def figures(truth: Classes, found: Floats, said: Classes) -> Results:
    """Measure probabilities (messages, 3) and the class that was said of each message; in percent."""
    negative = truth == NEGATIVE
    return {
        "macro-F1": 100 * macro_f1(truth, said),
        "negatives found as it is": 100 * float(np.mean(said[negative] == NEGATIVE)),
        "of those called negative are": 100 * float(np.mean(negative[said == NEGATIVE])),
        "negatives found at 85 % precision": 100
        * found_at_precision(negative, found[:, NEGATIVE], PRECISION),
        "calibration error": 100 * calibration_error(truth, found),
    }


def complaints(look: SecondLook, file: Path, problems: frozenset[str], doubtful: frozenset[str]) -> Results:
    """Tell how well reports of problems are told from questions."""
    rows = [
        (row["text"], row["label"] in problems) for row in read_rows(file) if row["label"] not in doubtful
    ]
    found = opinions(look, [text for text, _ in rows])[:, 3]
    truth = np.array([problem for _, problem in rows])
    return {f"{file.stem}: second look, complaint AUC": 100 * area_under_curve(truth, found)}


def reliability(look: SecondLook, sets: Sequence[Labelled]) -> Results:
    """Tell, by length, how sure it is in the mean, how often it is right, and the calibration error."""
    texts = [text for one in sets for text in one.texts]
    truth, lengths = np.concatenate([one.truth for one in sets]), np.array([len(text) for text in texts])
    found = opinions(look, texts)[:, :3]
    results: Results = {}
    for above, most in pairwise(LENGTHS):
        inside = (lengths > above) & (lengths <= most)
        title = f"tune, {above + 1} to {most} characters:" if most < LENGTHS[-1] else f"tune, over {above}:"
        said = found[inside]
        results |= {
            f"{title} messages": float(inside.sum()),
            f"{title} sure": 100 * float(said.max(axis=1).mean()),
            f"{title} right": 100 * float(np.mean(said.argmax(axis=1) == truth[inside])),
            f"{title} calibration error": 100 * calibration_error(truth[inside], said),
        }
    return results


def opinions(look: SecondLook, texts: Sequence[str]) -> Floats:
    """Read texts: four probabilities each; what is not read is taken for neutral."""
    return np.array(
        [
            (0.0, 1.0, 0.0, 0.0) if one is None else (one.negative, one.neutral, one.positive, one.complaint)
            for one in look.read(texts)
        ]
    )


def speed_and_memory(file: Path, texts: Sequence[str]) -> Results:
    """Measure speed and memory, each in a process of its own that does nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        results = alone.submit(_measured_alone, file, texts).result()
    return results | {"memory of its process at most, MB": asyncio.run(_most_memory_mb(file, texts))}


def _measured_alone(file: Path, texts: Sequence[str]) -> Results:
    begun_s = time.perf_counter()
    look = SecondLook.load(file)
    results = {"start, s": time.perf_counter() - begun_s}
    for size in (AT_ONCE, 1):
        by_clock, by_processor = _rates(look, texts, size)
        results[f"messages/s, {size} at a time"] = by_clock
        results[f"messages/s of processor time, {size} at a time"] = by_processor
    return results


def _rates(look: SecondLook, texts: Sequence[str], size: int) -> tuple[float, float]:
    """Read texts; give how many a second, by the clock and by the processor: the machine may be busy."""
    begun_s, used_s = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), size):
        look.read(texts[start : start + size])
    return len(texts) / (time.perf_counter() - begun_s), len(texts) / (time.process_time() - used_s)


def _texts_to_time(data: Path) -> list[str]:
    texts = [row["text"] for row in read_rows(data / LEARNT_FROM[0])]
    return [text for text in texts if abs(len(text) - CHARACTERS) <= SLACK][:TIMED]


async def _most_memory_mb(file: Path, texts: Sequence[str]) -> float:
    """Tell how much the process that the program starts for it has at most while it reads these texts."""
    core = SecondCore(file)
    try:
        await core.begin()
        for start in range(0, len(texts), AT_ONCE):
            await core.read(texts[start : start + AT_ONCE])
        return _peak_mb(core.pid)
    finally:
        core.close()


def _peak_mb(pid: int | None) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def _tell(results: Results) -> Results:
    for title, number in results.items():
        print(f"{title:72} {number:8.1f}", flush=True)
    return results


if __name__ == "__main__":
    main()
