"""What comes in reaches another process as it was."""

import pickle
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.incoming import Attachment, Incoming, Sender
from tests.factories import NOW

SENDERS = st.builds(Sender, **{one.name: ... for one in fields(Sender)})
UPDATES = st.builds(
    Incoming,
    **{one.name: ... for one in fields(Incoming) if one.name not in {"sender", "at", "attachments"}},
    sender=SENDERS,
    at=st.just(NOW),
    attachments=st.builds(Attachment, name=...).map(lambda one: (one,)),
)


@given(UPDATES)
@settings(max_examples=50)
def test_an_update_goes_to_another_process_whole(update: Incoming) -> None:
    assert pickle.loads(pickle.dumps(update)) == update  # noqa: S301 - our own
