"""Which messages deserve a second look."""

from dataclasses import replace

import pytest

from feedback.reading.language import Language
from feedback.second_look.choosing import reason_for
from feedback.understanding import Understanding
from store.feedback_kinds import FeedbackKind
from store.tables.customers import Standing
from store.tables.second_looks import LookReason

SURE = Understanding(
    FeedbackKind.OTHER,
    0.0,
    (),
    probabilities=(0.05, 0.9, 0.05),
    kinds=((FeedbackKind.OTHER, 0.95), (FeedbackKind.COMPLAINT, 0.05)),
    language=Language.ENGLISH,
)
UNSURE = replace(SURE, probabilities=(0.4, 0.5, 0.1))
DOUBTFUL = replace(SURE, kinds=((FeedbackKind.OTHER, 0.95), (FeedbackKind.COMPLAINT, 0.4)))


@pytest.mark.parametrize(
    ("understanding", "standing", "rating", "reason"),
    [
        (SURE, Standing.REGULAR, None, None),
        (UNSURE, Standing.REGULAR, None, LookReason.UNSURE),
        (DOUBTFUL, Standing.REGULAR, None, LookReason.COMPLAINT_DOUBTFUL),
        (SURE, Standing.KEY, None, LookReason.KEY_CUSTOMER),
        (SURE, Standing.REGULAR, 1, LookReason.RATING_CONTRADICTS),
        (SURE, Standing.REGULAR, 3, None),
        (replace(SURE, kind=FeedbackKind.COMPLAINT), Standing.REGULAR, 1, None),
        (replace(DOUBTFUL, kind=FeedbackKind.COMPLAINT), Standing.REGULAR, None, None),
        (replace(UNSURE, language=Language.CHINESE), Standing.KEY, 1, None),
        (replace(UNSURE, language=Language.UNKNOWN), Standing.REGULAR, None, LookReason.UNSURE),
        (replace(UNSURE, kinds=()), Standing.KEY, 1, None),
    ],
)
def test_reasons(
    understanding: Understanding, standing: Standing, rating: int | None, reason: LookReason | None
) -> None:
    assert reason_for(understanding, standing=standing, rating=rating) is reason


@pytest.mark.parametrize("kind", [FeedbackKind.OPT_OUT, FeedbackKind.GREETING, FeedbackKind.SMALL_TALK])
def test_what_tells_no_opinion_gets_none(kind: FeedbackKind) -> None:
    assert reason_for(replace(UNSURE, kind=kind), standing=Standing.KEY, rating=1) is None
