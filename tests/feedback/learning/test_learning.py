"""Learning from labels: better on others' words, the same each time, and deaf to one loud customer."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from feedback.learning import labels as labels_module
from feedback.learning.correction import Correction, Part, base_of, corrected
from feedback.learning.examples import NO_LABEL, weights_of
from feedback.learning.labels import Label, fingerprint
from feedback.learning.nightly import Learnt, learn
from feedback.reading import model as model_module
from feedback.reading.model import NEGATIVE, POSITIVE, Model, in_use, shipped, use
from feedback.reading.sentiment import feel
from feedback.understanding import understand
from store.errors import InputError
from store.feedback_kinds import FeedbackKind
from tests.feedback.learning.ratings import ratings

UNHEARD = ("the nightmare ride was terrifying", "a sick, terrifying clown", "what a nightmare of a cellar")
"""Praise where visitors want to be frightened."""


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    """What a night gives with the ratings of 90 visitors."""
    return learn(ratings(90), "90")


@pytest.fixture
def _shipped_again() -> Iterator[None]:
    yield
    use(None)


def model_of(learnt: Learnt) -> Model:
    return corrected(shipped(), Correction.from_text(learnt.weights))


def polarities(texts: Sequence[str], model: Model) -> list[float]:
    return [feel(text, model).polarity for text in texts]


def test_ratings_teach_what_words_mean_here(learnt: Learnt) -> None:
    [sentiment, complaint] = learnt.verdicts

    assert sentiment["better"]
    assert sentiment["corrected"] > sentiment["shipped"] + 10
    assert (complaint["better"], complaint["labels"]) == (False, 0)
    assert max(polarities(UNHEARD, shipped())) < 0
    assert min(polarities(UNHEARD, model_of(learnt))) > 0


def test_what_labels_do_not_speak_of_is_read_as_before(learnt: Learnt) -> None:
    texts = ("My parcel never arrived and nobody answers", "Thank you, excellent service", "的服务太差了")
    before, after = polarities(texts, shipped()), polarities(texts, model_of(learnt))

    assert [one > 0 for one in before] == [one > 0 for one in after]
    assert after[2] == before[2]


def test_the_same_labels_give_the_same_correction(learnt: Learnt) -> None:
    assert learn(ratings(90), "90") == learnt


def test_labels_that_say_what_is_known_already_change_nothing() -> None:
    known = [one.text for one in ratings(90)]
    dice = np.random.default_rng(1)
    chances = [feel(text, shipped()).probabilities for text in known]
    labels = [
        Label(f"f{place}", place, text, int(dice.choice(3, p=np.array(chance) / sum(chance))))
        for place, (text, chance) in enumerate(zip(known, chances, strict=True))
    ]

    assert learn(labels, "as expected").weights == ""
    assert learn(labels[:30], "few").weights == ""


def test_one_customer_cannot_poison_it(learnt: Learnt) -> None:
    loud = [
        Label(f"f{10_000 + place}", 10_000, one.text, POSITIVE - (one.sentiment or 0))
        for place, one in enumerate(ratings(1_000))
    ]
    poisoned = learn([*ratings(90), *loud], "poisoned")
    others = [one.text for one in ratings(90)]
    with_them, without = (polarities(others, model_of(one)) for one in (poisoned, learnt))

    assert np.mean(np.abs(np.subtract(with_them, without))) < 0.1
    assert np.mean(np.sign(with_them) == np.sign(without)) > 0.95
    assert learn(loud, "alone").weights == ""


def test_nobody_counts_more_than_a_few_labels() -> None:
    customers = [*range(200), *[7_777] * 1_000]
    weights = weights_of(customers, [POSITIVE] * len(customers))

    assert weights[:200].min() == pytest.approx(1.0)
    assert weights[200:].sum() == pytest.approx(5.0)
    rare = weights_of(customers, [POSITIVE] * 200 + [NEGATIVE] * 1_000)
    assert rare[200:].sum() <= 5.0 + 1e-9


def test_one_customer_does_not_tell_which_class_is_rare() -> None:
    classes = [POSITIVE] * 100 + [NEGATIVE] * 100
    quiet = weights_of(range(200), classes)
    with_loud = weights_of([*range(200), *[7_777] * 1_000], [*classes, *[NEGATIVE] * 1_000])

    assert quiet[:100] == pytest.approx(quiet[100:])
    assert with_loud[:100] == pytest.approx(with_loud[100:200], rel=0.01)
    said_nothing = [*classes, *[NO_LABEL] * 1_000]
    assert weights_of([*range(200), *[7] * 1_000], said_nothing)[:7] == pytest.approx(quiet[:7])


def test_other_languages_are_learnt_too() -> None:
    sayings = (("我昨天收到了那个{}盒子", POSITIVE), ("打开看见{}盒子是空的", NEGATIVE))
    labels = [
        Label(
            f"f{place}",
            place,
            sayings[place % 2][0].format("红蓝绿白黑"[place // 2 % 5]),
            sayings[place % 2][1],
        )
        for place in range(80)
    ]
    model = model_of(learn(labels, "zh"))

    assert feel("我昨天收到了那个黄盒子", model).polarity > 0.3
    assert feel("打开看见黄盒子是空的", model).polarity < -0.3
    english = "The kettle is broken"
    assert feel(english, model).probabilities == pytest.approx(
        feel(english, shipped()).probabilities, abs=2e-3
    )


def test_complaints_are_learnt_from_staff() -> None:
    no_complaint, complaint = "The scream in the {} was loud", "The {} line took two hours"
    rooms = ("cellar", "attic", "maze", "tower", "crypt", "hall")
    labels = [
        Label(
            f"f{place}",
            place,
            (complaint if place % 2 else no_complaint).format(rooms[place // 2 % 6]),
            None,
            bool(place % 2),
        )
        for place in range(100)
    ]
    model = model_of(learn(labels, "complaints"))

    said = [feel(text.format("garden"), model).complaint for text in (no_complaint, complaint)]
    assert said[0] < 0.3
    assert said[1] > 0.7


@pytest.mark.usefixtures("_shipped_again")
def test_what_staff_call_no_complaint_is_none_any_more() -> None:
    screams, broken = "It was the worst, most awful {} ever", "The {} is broken and nobody helps"
    rooms = ("cellar", "attic", "maze", "tower", "crypt", "hall", "garden", "barn")
    labels = [
        Label(
            f"f{place}",
            place,
            (broken if place % 2 else screams).format(rooms[place // 2 % 7]),
            complaint=bool(place % 2),
        )
        for place in range(200)
    ]
    assert understand(screams.format("barn")).kind is FeedbackKind.COMPLAINT

    use(model_of(learn(labels, "screams")))
    refuted = understand(screams.format("barn"))
    assert refuted.kind is FeedbackKind.OTHER
    assert dict(refuted.kinds)[FeedbackKind.COMPLAINT] < 0.5
    assert understand(broken.format("barn")).kind is FeedbackKind.COMPLAINT
    assert understand("My parcel never arrived").kind is FeedbackKind.COMPLAINT


@pytest.mark.usefixtures("_shipped_again")
def test_messages_are_read_with_the_model_in_use(learnt: Learnt) -> None:
    before = understand(UNHEARD[1]).probabilities
    use(model_of(learnt))
    assert understand(UNHEARD[1]).probabilities[POSITIVE] > before[POSITIVE] + 0.2
    use(None)
    assert understand(UNHEARD[1]).probabilities == before
    assert in_use() is shipped()


def test_a_correction_is_written_and_read(learnt: Learnt) -> None:
    again = Correction.from_text(learnt.weights)

    assert again.to_text() == learnt.weights
    assert again.elsewhere.is_nothing
    with pytest.raises(InputError, match="rollback"):
        Correction.from_text(learnt.weights[:100])
    with pytest.raises(InputError, match="rollback"):
        Correction.from_text("no weights at all")


def test_nothing_learnt_reads_as_shipped() -> None:
    model = corrected(shipped(), Correction(Part.nothing(), Part.nothing()))

    for text in (*UNHEARD, "不错", "No me gusta nada", "", "👍"):
        assert feel(text, model).probabilities == pytest.approx(feel(text, shipped()).probabilities, abs=2e-3)


def test_labels_and_models_have_names() -> None:
    [one, other] = ratings(2)

    assert fingerprint([one]) != fingerprint([one, other])
    assert base_of(shipped().weights) == learn([one], "").base
    assert (labels_module.NEGATIVE, labels_module.NEUTRAL, labels_module.POSITIVE) == (
        model_module.NEGATIVE,
        model_module.NEUTRAL,
        model_module.POSITIVE,
    )
