"""Why a visit was not made, as staff read it."""

from customers.phrases import Phrases
from scheduler.left_out import LeftOut
from scheduler.programmes.deciding import Missed


def missed_in_words(reason: str, say: Phrases) -> str:
    """Say a reason in a few words; one that an older or newer program noted is shown as it is."""
    named = {
        str(LeftOut.STOPPED): say("wants no visits"),
        str(LeftOut.UNREACHABLE): say("cannot be reached"),
        str(LeftOut.COMPLAINT): say("a complaint was open"),
        str(LeftOut.PROMISE): say("a promise had been broken"),
        str(LeftOut.RATING): say("gave a bad rating"),
        str(LeftOut.TOO_MANY): say("got enough messages already"),
        str(LeftOut.TOO_LATE): say("it would have been too late"),
        str(Missed.HELD_OUT): say("left out for comparison"),
        str(Missed.IN_TOUCH): say("was in touch"),
        str(Missed.CONTACT_BUSY): say("the contact had enough to do"),
        str(Missed.ENDED): say("the programme ended"),
        str(Missed.NOT_SENT): say("did not leave"),
    }
    return named.get(reason, reason)
