"""What a message concerns."""

import pytest

from handlers.matters import (
    about_complaint,
    about_customer,
    complaint_of,
    concerns_complaint,
    concerns_customer,
    customer_of,
)
from tests.handlers.rooms import StaffRoom


def test_matters_are_found_again(room: StaffRoom) -> None:
    room.talk.says("/complaint The door was green")

    with room.talk.database.reading() as session:
        complaint = complaint_of(session, about_complaint(1))
        assert complaint is not None
        assert complaint.id == 1
        for about in (about_complaint(1), about_customer(1)):
            customer = customer_of(session, about)
            assert customer is not None
            assert customer.id == 1


@pytest.mark.parametrize(
    "about", ["", "complaint", "complaint:", "complaint:x", "complaint:99", "customer:99", "visit:1", ":1"]
)
def test_matters_that_are_none(room: StaffRoom, about: str) -> None:
    room.talk.says("/complaint The door was green")

    with room.talk.database.reading() as session:
        assert complaint_of(session, about) is None
        assert customer_of(session, about) is None


def test_kinds_of_matters() -> None:
    assert concerns_complaint("complaint:1")
    assert not concerns_complaint("customer:1")
    assert not concerns_complaint(None)
    assert concerns_customer("customer:1")
    assert not concerns_customer("visit:1")
