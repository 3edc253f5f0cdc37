"""No place where a message is given up can forget to count it: all of them are known here."""

import ast
from collections.abc import Iterator
from pathlib import Path

from store.engine import Database
from store.outbox import Draft, enqueue, withdraw_queued
from store.suppressions import Suppressed, note_suppressed, occasion_of
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import NOW, make_customer
from tests.scheduler.accounts import NOT_OURS, find_unaccounted

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "feedback", "scheduler", "customers", "store")
WITHDRAWS = frozenset({"withdraw_queued", "withdraw_beginning", "withdraw_named", "withdraw_offers", "Skip"})
ITSELF = frozenset(f"store.outbox.withdraw_{how}" for how in ("queued", "beginning", "named"))

COUNTED = frozenset(
    {
        "customers.consent.withdraw_first_spoken",
        "scheduler.campaigns.moves._drop",
        "scheduler.delivery.clearance._by_day",
        "scheduler.delivery.clearance._for_room",
        "scheduler.delivery.clearance._skip",
        "scheduler.delivery.clearance.clear",
        "scheduler.events.offers.lapse_offers",
        "scheduler.festivals.moves._drop",
        "scheduler.programmes.overtaken.withdraw_overtaken",
    }
)
"""Here something is given up because of us, or of time, and counted with its reason."""

EXCUSED = frozenset(
    {
        "customers.erasure._blank_what_staff_got",  # the customer is gone
        "handlers.staff.albums.keep_back",  # pictures for staff
        "scheduler.campaigns.moves._move",  # staff cancelled it
        "scheduler.delivery.clearance._behind_original",  # a correction that a newer one stands for
        "scheduler.events.answers._come",
        "scheduler.events.answers._stay_away",
        "scheduler.events.changes._withdraw",
        "scheduler.events.offers.withdraw_offers",  # whose callers say why
        "scheduler.events.telling._known",
        "scheduler.festivals.choices._free_birthday",
        "scheduler.festivals.choices.choose_festival",
        "scheduler.festivals.moves._move",
        "scheduler.tasks.done",  # for staff
    }
)
"""Here the reason is one of ``NOT_OURS``, or staff would have read it."""


def test_every_place_where_a_message_is_given_up_is_known() -> None:
    found = set(_places())
    assert found - ITSELF - COUNTED - EXCUSED == set(), "is it counted? then add it to COUNTED, else say why"
    assert (COUNTED | EXCUSED | ITSELF) - found == set(), "there is no such place any more"


def _places() -> Iterator[str]:
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _gives_up(function):
                yield f"{module}.{function.name}"


def _gives_up(function: ast.AST) -> bool:
    """Tell whether a function lets messages end as skipped, itself or through what is made for that."""
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in WITHDRAWS:
                return True
            case ast.Call(func=ast.Name(), args=args) if any(map(_is_skipped, args)):
                return True
            case ast.keyword(arg="state", value=value) if _is_skipped(value):
                return True
            case ast.Assign(value=value) if _is_skipped(value) or any(map(_is_skipped, _parts(value))):
                return True
    return False


def _parts(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, ast.Tuple) else []


def _is_skipped(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "SKIPPED"


def test_what_is_forgotten_is_found(database: Database) -> None:
    with database.transaction() as session:
        customer_id = make_customer(session).id
        drafts = [
            Draft(
                kind=MessageKind.CAMPAIGN,
                channel="telegram",
                address="1",
                text="Tea?",
                dedupe_key=f"k:{customer_id}:{purpose}",
                customer_id=customer_id,
                purpose=purpose,
            )
            for purpose in Purpose
        ]
        enqueue(session, drafts, now=NOW)
        withdraw_queued(session, OutboxMessage.purpose == Purpose.VISITS, reason=next(iter(NOT_OURS)))
        assert list(find_unaccounted(session)) == []
        withdraw_queued(session, OutboxMessage.customer_id == customer_id, reason="nobody knows")
        forgotten = [one for one in Purpose if one is not Purpose.VISITS]
        assert len(list(find_unaccounted(session))) == len(forgotten)
        unsaid = [
            Suppressed(customer_id, occasion_of(f"k:{customer_id}:{one}", customer_id), one, "too late")
            for one in forgotten
        ]
        note_suppressed(session, unsaid, now=NOW)
        assert list(find_unaccounted(session)) == []
