"""Whether a message may leave now: properties over every state of what is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from customers.company import Chat, Company
from customers.outreach import Hold, Outreach
from scheduler.delivery.clearance import Facts, Go, Later, Skip, clear
from scheduler.delivery.room import Room, Waiting
from scheduler.left_out import LeftOut
from scheduler.manners import next_allowed
from store.outbox import RULES
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxState
from tests.factories import COMPANY, NOW

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
rooms = st.builds(
    Room,
    taken=st.lists(moments, max_size=3).map(tuple),
    waiting=st.lists(st.builds(Waiting, st.sampled_from(Purpose), moments), max_size=3).map(tuple),
)
facts = st.builds(
    Facts,
    kind=st.sampled_from(MessageKind),
    attempts=st.integers(0, 5),
    expires_at=st.none() | moments,
    zone=st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]),
    consent_withdrawn=st.booleans(),
    complaint_open=st.booleans(),
    let_down=st.booleans(),
    rated_low=st.booleans(),
    purpose=st.none() | st.sampled_from(Purpose),
    room=rooms,
    unreachable=st.booleans(),
    is_edit=st.booleans(),
    original_state=st.none() | st.sampled_from(OutboxState),
    original_due=st.none() | moments,
    superseded=st.booleans(),
)


@given(facts, moments)
def test_what_goes_may_go(known: Facts, now: datetime) -> None:
    if clear(known, company=COMPANY, now=now) != Go():
        return
    assert known.expires_at is None or known.expires_at > now
    assert not known.unreachable
    if RULES[known.kind].first_spoken:
        assert not known.consent_withdrawn
        is_held = known.complaint_open or known.let_down or known.rated_low
        assert not is_held or known.kind is MessageKind.REMINDER
        allowed = next_allowed(
            now,
            known.zone,
            quiet_from_hour=COMPANY.quiet_from_hour,
            quiet_until_hour=COMPANY.quiet_until_hour,
        )
        assert allowed == now
    if known.is_edit:
        assert not known.superseded
        assert known.original_state not in (OutboxState.QUEUED, OutboxState.SENDING)


@given(facts, moments)
def test_what_waits_is_looked_at_later_and_before_it_expires(known: Facts, now: datetime) -> None:
    decision = clear(known, company=COMPANY, now=now)
    if isinstance(decision, Later):
        assert decision.at > now
        assert decision.reason


def test_what_the_company_loosens_holds_back_no_more() -> None:
    loosened = replace(COMPANY, outreach=Outreach(holds={Purpose.OFFERS: frozenset({Hold.PROMISE})}))
    unhappy = Facts(MessageKind.CAMPAIGN, Purpose.OFFERS, complaint_open=True, rated_low=True)

    assert clear(unhappy, company=loosened, now=NOW) == Go()
    assert clear(unhappy, company=COMPANY, now=NOW) != Go()
    assert clear(replace(unhappy, purpose=Purpose.VISITS), company=loosened, now=NOW) != Go()
    assert clear(replace(unhappy, let_down=True), company=loosened, now=NOW) != Go()
    assert clear(replace(unhappy, consent_withdrawn=True), company=loosened, now=NOW) != Go()


@given(facts, moments)
def test_an_answer_asks_for_nothing_but_a_way_to_arrive(known: Facts, now: datetime) -> None:
    asked = replace(
        known,
        kind=MessageKind.ANSWER,
        expires_at=now + timedelta(seconds=1),
        unreachable=False,
        is_edit=False,
    )
    assert clear(asked, company=COMPANY, now=now) == Go()


def test_reasons_are_told() -> None:
    night = datetime(2026, 7, 1, 23, tzinfo=UTC)
    visit = Facts(MessageKind.VISIT, expires_at=night + timedelta(days=3))

    def decide(**changes: object) -> object:
        return clear(replace(visit, **changes), company=COMPANY, now=night)  # type: ignore[arg-type]  # one by one

    assert decide() == Later(night + timedelta(hours=10), "quiet hours")
    assert decide(consent_withdrawn=True) == Skip("consent withdrawn", left_out=LeftOut.STOPPED)
    assert decide(complaint_open=True) == Skip("a complaint is open", left_out=LeftOut.COMPLAINT)
    assert decide(let_down=True) == Skip("a promise was broken", left_out=LeftOut.PROMISE)
    assert decide(rated_low=True) == Skip("a bad rating was given lately", left_out=LeftOut.RATING)
    assert decide(expires_at=night) == Skip("expired before it could be sent", left_out=LeftOut.TOO_LATE)
    assert decide(expires_at=night, attempts=3) == Skip("expired after 3 attempts", OutboxState.FAILED)
    too_late = Skip("it expires in the quiet hours", left_out=LeftOut.TOO_LATE)
    assert decide(expires_at=night + timedelta(hours=10)) == too_late
    assert decide(is_edit=True, superseded=True) == Skip("superseded")


def test_the_quiet_hours_are_the_companys() -> None:
    company = Company(
        "Tea", "UTC", "GB", "en", Chat("webchat", "staff"), quiet_from_hour=0, quiet_until_hour=0
    )
    night = datetime(2026, 7, 1, 3, tzinfo=UTC)
    assert clear(Facts(MessageKind.CAMPAIGN), company=company, now=night) == Go()
