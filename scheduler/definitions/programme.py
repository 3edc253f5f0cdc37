"""Visit programmes: whom we ask how things are, how often, with which questions, and what follows silence.

In a file a programme reads so::

    [programmes.key-customers]
    segment = "key"
    period_days = 30
    priority = 80

    [programmes.key-customers.window]
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    from_hour = 10
    until_hour = 18
    days = 5

    [[programmes.key-customers.questions]]
    kind = "stars"
    [[programmes.key-customers.questions]]
    kind = "text"
    text = { en = "What could we do better?", zh = "我们哪里可以做得更好？" }
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import SOURCE_LANGUAGE, phrases
from scheduler.definitions.kept import find_definitions
from scheduler.definitions.template import Variant
from scheduler.pointing import with_carets
from scheduler.text_languages import LanguageTag
from scheduler.text_length import length
from scheduler.text_rules import check_variables
from store.errors import InputError
from store.tables.definitions import DefinitionKind

PERIODIC = "periodic"
"""The programme that there is where a company defines none."""

LONGEST_WORDS = 900
"""UTF-16 units of one text of a programme: several of them make one message."""


class Trigger(StrEnum):
    """What a period counts from."""

    SILENCE = "silence"
    PURCHASE = "purchase"
    RESOLVED = "resolved"


class QuestionKind(StrEnum):
    """What is asked."""

    STARS = "stars"
    NPS = "nps"
    TEXT = "text"
    EXPECTATION = "expectation"


class StepKind(StrEnum):
    """One thing that is asked and answered: an expectation is two of them, the others one."""

    STARS = "stars"
    NPS = "nps"
    TEXT = "text"
    EXPECTED = "expected"
    EXPERIENCED = "experienced"


SCALES = frozenset({StepKind.STARS, StepKind.NPS})
"""Steps that are answered by a tap on a number; the others are answered in words."""


def _check_words(words: str) -> str:
    try:
        check_variables(words, phrases(SOURCE_LANGUAGE), pointing=with_carets)
    except InputError as error:
        raise PydanticCustomError("rule", "{message}", {"message": str(error)}) from None
    if length(words) > LONGEST_WORDS:
        raise PydanticCustomError(
            "rule", "it is longer than {most} characters; write it shorter", {"most": LONGEST_WORDS}
        )
    return words.strip()


Words = Mapping[LanguageTag, Annotated[str, AfterValidator(_check_words)]]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Question(BaseModel):
    """Something that a visit asks.

    Attributes:
        kind: what is asked, and so how it is answered.
        text: how it is asked, by language (``find_language``); where none is found, in our own words.
        then: of an expectation: how it is asked what was experienced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: QuestionKind
    text: Words = {}
    then: Words = {}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.then and self.kind is not QuestionKind.EXPECTATION:
            raise PydanticCustomError("rule", "`then` belongs to a question of the kind expectation")
        return self


class Window(BaseModel):
    """When a visit may be made, by the clock where the customer is; quiet hours hold beside it.

    Attributes:
        weekdays: on which days.
        from_hour: the first hour, 0–23.
        until_hour: the first hour that is too late, 1–24.
        days: over how many days the visits that fall due on one day are spread.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS
    from_hour: Annotated[int, Field(ge=0, le=23)] = 0
    until_hour: Annotated[int, Field(ge=1, le=24)] = 24
    days: Annotated[int, Field(ge=1, le=60)] = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.until_hour <= self.from_hour:
            raise PydanticCustomError("rule", "until_hour must be later than from_hour, on the same day")
        return self

    @cached_property
    def is_always(self) -> bool:
        """Whether it leaves all hours of all days open."""
        return len(set(self.weekdays)) == len(WEEKDAYS) and (self.from_hour, self.until_hour) == (0, 24)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a visit asks.

    Attributes:
        key: under which its answer is kept.
        kind: how it is answered.
        words: how it is asked, by language.
    """

    key: str
    kind: StepKind
    words: Mapping[str, str]


def _overtaken(retry_after_days: float, *, is_said: bool) -> PydanticCustomError:
    """Make the error of a second time that comes too late; who left it out is told when it is then."""
    return PydanticCustomError(
        "rule",
        "retry_after_days must be less than half of period_days, or the next visit overtakes it{usual}",
        {
            "usual": ""
            if is_said
            else f"; where it is not given it is {retry_after_days:g}, and false is never"
        },
    )


class Programme(BaseModel):
    """A programme of visits.

    Attributes:
        name: by which it is known, and its visits are kept.
        segment: who is in it (``scheduler.segments``).
        trigger: what the period counts from; any contact since counts in its place.
        period_days: how long after that a visit is due.
        window: when it may be made.
        questions: what is asked, one after another.
        opening, retry: what stands before the first question, at first and when it is asked once more; by
            language. Where it has none, our own wording.
        openings: several openings that are compared, by variant; in place of ``opening``.
        retry_after_days: after how many days without an answer it is asked once more; None is never, which a
            file says as ``false``.
        task: whether somebody is asked to get in touch where the second time was in vain, too.
        longer: by how much the period grows each time that nobody answered.
        longest: the most that it grows to.
        late_days: for how many days after its date a visit that something held back is still made.
        holdout: which part of the customers gets none, for comparison; None is the company's.
        priority: which programme asks where several would; the highest first.
        most_a_day: visits in 24 hours for the customers of one designated contact.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    segment: Annotated[str, Field(min_length=1, max_length=2000)] = "all"
    trigger: Trigger = Trigger.SILENCE
    period_days: Annotated[float, Field(ge=1, le=3650)]
    window: Window = Window()
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=6)] = (
        Question(kind=QuestionKind.STARS),
    )
    opening: Words = {}
    openings: Mapping[Variant, Annotated[Words, Field(min_length=1)]] = {}
    retry: Words = {}
    retry_after_days: Annotated[float, Field(ge=1, le=90)] | None = 5
    task: bool = True
    longer: Annotated[float, Field(ge=1, le=4)] = 1.5
    longest: Annotated[float, Field(ge=1, le=10)] = 3.0
    late_days: Annotated[float, Field(ge=1, le=90)] = 7
    holdout: Annotated[float, Field(ge=0, le=0.5)] | None = None
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    most_a_day: Annotated[int, Field(ge=1, le=1000)] = 20

    @field_validator("retry_after_days", mode="before")
    @classmethod
    def _never(cls, given: Any) -> Any:
        return None if given is False else given

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.opening and self.openings:
            raise PydanticCustomError("rule", "it has `opening` and `openings`; say one of them")
        by_silence = self.trigger is Trigger.SILENCE
        if by_silence and self.retry_after_days is not None and 2 * self.retry_after_days >= self.period_days:
            raise _overtaken(self.retry_after_days, is_said="retry_after_days" in self.model_fields_set)
        return self

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """The ways of asking that are compared; none where there is but one."""
        return tuple(sorted(self.openings))

    def opening_of(self, arm: str | None) -> Words:
        """Give what stands before the first question to those of a variant, in each language.

        Who was given a variant that there is no more, or none, reads the first.
        """
        if not self.openings:
            return self.opening
        return self.openings.get(arm or "") or self.openings[self.variants[0]]

    @cached_property
    def period(self) -> timedelta:
        """How long after its trigger a visit is due."""
        return timedelta(days=self.period_days)

    @cached_property
    def lateness(self) -> timedelta:
        """For how long after its moment a visit is still made."""
        return timedelta(days=self.late_days)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What it asks, one after another; keys are kinds, numbered from the second of a kind on."""
        return tuple(_numbered([*_steps(self.questions)]))


def _steps(questions: Sequence[Question]) -> Iterator[tuple[StepKind, Mapping[str, str]]]:
    for question in questions:
        if question.kind is QuestionKind.EXPECTATION:
            yield StepKind.EXPECTED, question.text
            yield StepKind.EXPERIENCED, question.then
        else:
            yield StepKind(question.kind.value), question.text


def _numbered(steps: Sequence[tuple[StepKind, Mapping[str, str]]]) -> Iterator[Step]:
    met: dict[StepKind, int] = {}
    for kind, words in steps:
        met[kind] = met.get(kind, 0) + 1
        yield Step(str(kind) if met[kind] == 1 else f"{kind}{met[kind]}", kind, words)


def read_programme(name: str, body: Mapping[str, Any]) -> Programme:
    """Read a programme as it is kept; its name stands beside it.

    Raises:
        InputError: it breaks a rule; the text says which value, and how to mend it.
    """
    try:
        return Programme.model_validate({"name": name, **body})
    except ValidationError as error:
        faults = (
            f"{'.'.join(map(str, fault['loc'])) or 'the programme'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        )
        raise InputError(f"the programme {name!r}: {'; '.join(faults)}") from error


def written(programme: Programme) -> dict[str, Any]:
    """Write a programme down as it is kept: without its name, and without what is as usual."""
    body = programme.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)
    return body | {"retry_after_days": False} if programme.retry_after_days is None else body


def default_programmes(company: Company) -> tuple[Programme, ...]:
    """Give the programmes of a company that defines none: everybody, after the days that its settings say.

    Nobody is held out: whoever wants a comparison writes a programme.
    """
    days = company.visit_every_days
    retry = Programme.model_fields["retry_after_days"].default
    return (
        Programme(
            name=PERIODIC,
            period_days=days,
            retry_after_days=retry if days > 2 * retry else None,
            holdout=0.0,
        ),
    )


def programmes_of(session: Session, *, company: Company) -> tuple[Programme, ...]:
    """Find the programmes that run, whichever asks first at the head; only reads.

    Where a company has defined any, also where all are switched off, the usual one does not run.

    Raises:
        InputError: one that is kept breaks a rule.
    """
    kept = find_definitions(session, DefinitionKind.PROGRAMME)
    if not kept:
        return default_programmes(company)
    programmes = [read_programme(one.name, one.body) for one in kept if one.active]
    return tuple(sorted(programmes, key=lambda programme: (-programme.priority, programme.name)))
