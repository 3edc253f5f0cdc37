"""The second look itself: what ``rapport train --second-look`` made, run by onnxruntime on one thread."""

import logging
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from feedback.second_look.calibration import Calibration, SecondOpinion
from feedback.second_look.texts import in_plain_words, is_readable
from store.errors import ConfigurationError

if TYPE_CHECKING:
    from feedback.second_look.windows import Window, Windows

log = logging.getLogger(__name__)

FILE = Path(__file__).parent / "second_look.onnx"
VERSION_NOTE, PIECES = "rapport_second_look", "pieces"
"""Names in the file's metadata."""
VERSION = "1"
"""Of the file's layout: its input, its output and what stands in its metadata."""
HOW_TO_INSTALL = "`make second-look`, or `pip install 'rapport-bot[second-look]'`"
AT_ONCE = 16
"""Windows in one batch: more are no faster (measured), and take more memory."""


class SecondLook:
    """Reads texts. Safe in any thread; one after another is fastest."""

    def __init__(self, session: Any, windows: "Windows", calibration: Calibration) -> None:
        self._session = session
        self._windows = windows
        self._calibration = calibration

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        """Load the model, which takes about a fifth of a second.

        Raises:
            ImportError: onnxruntime or tokenizers is not installed.
            ConfigurationError: the file is missing, broken, or of another version.
        """
        import onnxruntime

        from feedback.second_look.windows import Windows

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors have no common root
            raise ConfigurationError(f"{file} cannot be loaded ({error}): {_MAKE_IT}") from error
        notes: dict[str, str] = session.get_modelmeta().custom_metadata_map
        if notes.get(VERSION_NOTE) != VERSION:
            raise ConfigurationError(f"{file} is not a second look of version {VERSION}: {_MAKE_IT}")
        return cls(session, Windows(notes[PIECES].split("\n")), Calibration.in_notes(notes))

    def read(self, texts: Sequence[str]) -> list[SecondOpinion | None]:
        """Read texts; ``None`` for one that has no words in Latin letters, for this model reads English."""
        plain = [in_plain_words(text) for text in texts]
        places = [place for place, text in enumerate(plain) if is_readable(text)]
        opinions: list[SecondOpinion | None] = [None] * len(texts)
        windows = self._windows.of([plain[place] for place in places])
        for place, scores in zip(places, self._scores(windows, len(places)), strict=True):
            opinions[place] = self._calibration.opinion(scores)
        return opinions

    def _scores(self, windows: Iterable["Window"], texts: int) -> list[list[float]]:
        """Score windows in batches of like length, and take for each text the mean by their lengths."""
        from feedback.second_look.windows import padded

        order = sorted(windows, key=lambda window: len(window.ids))
        totals, lengths = [[0.0] * 4 for _ in range(texts)], [0] * texts
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            (found,) = self._session.run(None, {"ids": padded(some)})
            for window, scores in zip(some, found.tolist(), strict=True):
                share = len(window.ids)
                lengths[window.text] += share
                sums = totals[window.text]
                totals[window.text] = [
                    total + share * score for total, score in zip(sums, scores, strict=True)
                ]
        return [[total / share for total in sums] for sums, share in zip(totals, lengths, strict=True)]


@cache
def why_not() -> str | None:
    """Tell what is missing for the second look on this machine; ``None`` where nothing is. Loads nothing."""
    for library in ("onnxruntime", "tokenizers"):
        if find_spec(library) is None:
            return f"{library} is not installed ({HOW_TO_INSTALL})"
    return None if FILE.exists() else f"{FILE} is missing: {_MAKE_IT}"


@cache
def second_look() -> SecondLook | None:
    """Give the shipped second look; where it cannot be had, say so once and give ``None``."""
    try:
        return SecondLook.load()
    except (ImportError, ConfigurationError) as error:
        log.warning("messages get the first look alone: %s", why_not() or error)
        return None


_MAKE_IT = "make it anew with `rapport train --second-look`"
