"""What a segment can ask of a customer: one line for each field.

A field is its name, what can be said of it (``kinds``, ``row_kinds``), and words that explain it. What is
known of customers later joins with a line.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import func, true

from customers.phrases import Phrases, languages
from scheduler.segments import known
from scheduler.segments.birthdays import Birthday, this_month
from scheduler.segments.kinds import Flag, Kind, Moment, Number, Words, in_column
from scheduler.segments.row_kinds import AnyOfThem, Averaged, Happened, Rows, Tallied
from store.low_ratings import LOW_VALUE
from store.tables.complaints import Complaint
from store.tables.customers import Customer, Purpose, Standing
from store.tables.feedback import Feedback, SatisfactionEntry
from store.tables.outreach import CampaignAnswer, EventGuest, Purchase, Rsvp, Visit
from store.trends import Trend


class Field(NamedTuple):
    """Something that is known of customers.

    Attributes:
        name: how it is called in a segment; small letters, words with one blank between.
        kind: what can be said of it.
        means: what it is, in a language.
    """

    name: str
    kind: Kind
    means: Callable[[Phrases], str]

    @property
    def example(self) -> str:
        """A condition that asks for it."""
        return self.kind.example(self.name)


NEWEST_FEEDBACK = 5
_PURCHASES = Rows(Purchase.customer_id, Purchase.at)
_COMPLAINTS = Rows(Complaint.customer_id, Complaint.opened_at, (known.counts_as_complaint,))
_RATINGS = Rows(SatisfactionEntry.customer_id, SatisfactionEntry.at, (known.is_stars,))
_FEEDBACK = Rows(Feedback.customer_id, Feedback.at)
_VISITS = Rows(Visit.customer_id, Visit.answered_at, (Visit.answered_at.is_not(None),))
_ANSWERS = Rows(CampaignAnswer.customer_id, CampaignAnswer.at)
_CAME = Rows(EventGuest.customer_id, EventGuest.checked_in_at, (EventGuest.checked_in_at.is_not(None),))
_BROUGHT = Rows(EventGuest.referred_by, EventGuest.answered_at)


def _answered(answer: Rsvp) -> Rows:
    return Rows(EventGuest.customer_id, EventGuest.answered_at, (EventGuest.answer == answer,))


def _as_value(stars: float) -> float:
    """Tell what stars are in the satisfaction record; the record's own function refuses what is no rating."""
    return LOW_VALUE * (stars - 1)


FIELDS: Sequence[Field] = (
    Field("all", Flag(lambda _: true()), lambda say: say("everybody")),
    Field("key", Flag(lambda _: Customer.standing == Standing.KEY), lambda say: say("key customers")),
    Field(
        "regular",
        Flag(lambda _: Customer.standing == Standing.REGULAR),
        lambda say: say("regular customers"),
    ),
    Field(
        "standing",
        Words(in_column(Customer.standing), "key", known.one_of(Standing), lambda _: tuple(Standing)),
        lambda say: say("key or regular"),
    ),
    Field(
        "index",
        Number(lambda _: Customer.index, "< 60", some_have_none=True),
        lambda say: say("satisfaction, 0–100; who told us nothing has none"),
    ),
    Field(
        "trend",
        Words(known.goes, "falling", known.one_of(Trend), lambda _: tuple(Trend)),
        lambda say: say("where satisfaction is going: rising, steady, falling or unknown"),
    ),
    Field(
        "sentiment",
        Averaged(_FEEDBACK, Feedback.polarity, Feedback.id.desc(), NEWEST_FEEDBACK, "< 0 within 30 days"),
        lambda say: say("how content the words were, −1 to 1: the mean of the newest five, or of a time"),
    ),
    Field(
        "rating",
        AnyOfThem(_RATINGS, SatisfactionEntry.value, _as_value, "<= 2 within 30 days"),
        lambda say: say("stars, 1–5, that were given once, or within a time"),
    ),
    Field("rated", Happened(_RATINGS), lambda say: say("gave us stars")),
    Field("at risk", Flag(known.at_risk), lambda say: say("whom we may lose, as /atrisk lists them")),
    Field(
        "language",
        Words(in_column(Customer.language), "zh", known.read_language, known.language_tags),
        lambda say: say("the language in which we write to them"),
    ),
    Field(
        "country",
        Words(
            in_column(Customer.country),
            "GB",
            known.read_country,
            known.country_names,
            lambda _: Customer.country.is_not(None),
        ),
        lambda say: say("where they live, as far as we know"),
    ),
    Field(
        "timezone",
        Words(
            in_column(Customer.timezone),
            "Europe/London",
            known.read_zone,
            is_known=lambda _: Customer.timezone.is_not(None),
        ),
        lambda say: say("their time zone, where their app tells it"),
    ),
    Field(
        "tag",
        Words(known.tagged, "wholesale", known.read_tag, known.tags, known.is_tagged),
        lambda say: say("a word by which you mark customers: /tag 42 wholesale"),
    ),
    Field(
        "contact",
        Words(known.looked_after_by, "Mei", known.read_staff, known.staff_names, known.has_contact),
        lambda say: say("who looks after them"),
    ),
    Field(
        "source",
        Words(in_column(Customer.source), '"qr-shop"', is_known=lambda _: Customer.source.is_not(None)),
        lambda say: say("the link by which they came"),
    ),
    Field(
        "channel",
        Words(known.writes_by, "telegram", known.read_channel, known.channels),
        lambda say: say("an app on which they write"),
    ),
    Field("reachable", Flag(known.is_reachable), lambda say: say("whom a message of ours can reach")),
    Field(
        "consent",
        Words(known.allows, "offers", known.one_of(Purpose), lambda _: tuple(Purpose)),
        lambda say: say("what they allow: visits, greetings, invitations or offers"),
    ),
    Field("number", Number(lambda _: Customer.id, "= 42"), lambda say: say("their number, as on their card")),
    Field("created", Moment(Customer.created_at), lambda say: say("when they first wrote to us")),
    Field("last contact", Moment(Customer.last_contact_at), lambda say: say("when they last wrote to us")),
    Field(
        "visited",
        Moment(Customer.visited_at),
        lambda say: say("when we last asked how things are, or a person got in touch"),
    ),
    Field("visit answered", Happened(_VISITS), lambda say: say("answered such a visit")),
    Field("complained", Happened(_COMPLAINTS), lambda say: say("had a complaint")),
    Field("complaints", Tallied(_COMPLAINTS), lambda say: say("how many complaints they had")),
    Field("open complaint", Flag(known.has_open_complaint), lambda say: say("have one that is not settled")),
    Field("let down", Flag(known.was_let_down), lambda say: say("to whom we broke a promise lately")),
    Field("bought", Happened(_PURCHASES), lambda say: say("bought something")),
    Field("purchases", Tallied(_PURCHASES), lambda say: say("how often they bought")),
    Field(
        "spent",
        Tallied(_PURCHASES, lambda: func.sum(Purchase.amount), ">= 100 within 1 year"),
        lambda say: say("for how much they bought"),
    ),
    Field("birthday", Birthday(), lambda say: say("have their birthday, today or within the next days")),
    Field("birthday this month", Flag(this_month), lambda say: say("have their birthday in this month")),
    Field(
        "going to",
        Happened(_answered(Rsvp.GOING), known.at_event, known.event_titles),
        lambda say: say("said yes to an event"),
    ),
    Field(
        "declined",
        Happened(_answered(Rsvp.NO), known.at_event, known.event_titles),
        lambda say: say("said no to an event"),
    ),
    Field(
        "attended",
        Happened(_CAME, known.at_event, known.event_titles),
        lambda say: say("came to an event"),
    ),
    Field("brought guests", Happened(_BROUGHT), lambda say: say("others came by their link")),
    Field(
        "answered campaign",
        Happened(_ANSWERS, known.of_campaign, known.campaign_names, "Spring sale"),
        lambda say: say("tapped a button of a campaign"),
    ),
)
"""In the order in which they are explained."""

_BY_NAME = {field.name: field for field in FIELDS}
ALSO_CALLED = dict.fromkeys(("everybody", "everyone", "所有人", "全部", "大家"), "all")


def find_field(name: str) -> Field | None:
    """Find a field by its name, or what many call it; the tag of a language of ours is one: who speaks it."""
    if name in languages():
        return Field(
            name, Flag(lambda _: Customer.language == name), lambda say: say("who speak this language")
        )
    return _BY_NAME.get(ALSO_CALLED.get(name, name))


def field_names() -> Sequence[str]:
    """Name all fields."""
    return tuple(_BY_NAME)
