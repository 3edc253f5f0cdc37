"""The file that is shipped: the graph, the vocabulary, the calibration, and whose work it builds on."""

import os
from collections.abc import Sequence
from pathlib import Path

from feedback.second_look.calibration import Calibration
from feedback.second_look.model import PIECES, VERSION, VERSION_NOTE
from feedback.training.second_look.graph import graph_of
from feedback.training.second_look.network import Reader
from store.errors import InputError

ATTRIBUTION = (
    "Fine-tuned from sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), itself from "
    "nreimers/MiniLM-L6-H384-uncased (MIT) and BERT's vocabulary (Apache-2.0); changed: fewer word pieces, "
    "answers on top, weights in bytes. Data: GoEmotions (Apache-2.0), DynaSent (CC BY 4.0), BANKING77 "
    "(CC BY 4.0), Bitext customer support (CDLA-Sharing-1.0), UCI sentiment labelled sentences (Kotzias et "
    "al. 2015), VADER's rated tweets and film sentences (Hutto and Gilbert 2014)."
)


def write_file(reader: Reader, vocabulary: Sequence[str], calibration: Calibration, out: Path) -> None:
    """Write a reader so that ``SecondLook.load`` reads it; the file is there whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    state = {name: numbers.detach().float().numpy() for name, numbers in reader.state_dict().items()}
    model = graph_of(state, len(reader.layers))
    model.producer_name = "rapport train --second-look"
    notes = {
        VERSION_NOTE: VERSION,
        PIECES: "\n".join(vocabulary),
        "attribution": ATTRIBUTION,
        **calibration.notes(),
    }
    for key, value in notes.items():
        note = model.metadata_props.add()
        note.key, note.value = key, value
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        beside.write_bytes(model.SerializeToString(deterministic=True))
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{out} cannot be written: {error.strerror}") from error
