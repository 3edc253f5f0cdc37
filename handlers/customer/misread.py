"""«You got me wrong»: a case that was just opened is taken back, on its customer's word that it was none.

They are asked where they only say that they were got wrong, where the case is urgent, where more was said in
it, or where it is not clear what else they say. What somebody of the staff has answered is theirs to close.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from feedback.case_ends import withdraw
from feedback.complaint_rules import EventKind
from feedback.complaints import MoveError, history, needs_case, parse_reference, reference
from feedback.corrected_cases import hold_customer, take_back_case
from feedback.denials import Denial, denial_in
from feedback.learning.labels import note_correction
from feedback.promises import withdraw_with_case
from feedback.small_talk import says_solved
from feedback.understanding import NEUTRAL_BELOW
from handlers.buttons import button
from handlers.context import CustomerContext
from handlers.customer.answers import pass_on_message
from handlers.customer.complaint import add_to_case, case_of_words, due_in_words, who_answers
from handlers.customer.ownership import tapped_yes_or_no
from handlers.customer.small_talk import ask_if_solved
from handlers.customer.welcome import stale_button
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert
from handlers.staff.follow_ups import quoted_to_staff, staff_say, under_alert
from handlers.staff.promise_text import withdrawn_with_case
from store.new_rows import AnyMessage
from store.outbox import Draft
from store.tables.complaints import ENDED, CaseSeverity, Complaint, ComplaintState
from store.tables.feedback import FeedbackKind

VERB = "misread"
JUST_OPENED = timedelta(days=1)
"""For so long after a case was opened its customer speaks of it when they say that it was none."""

UNANSWERED = (ComplaintState.OPEN, ComplaintState.CLAIMED)

GoOn = Callable[[CustomerContext, str], Sequence[Draft]]
"""What takes words that were meant."""


def take_denial(
    context: CustomerContext, message: AnyMessage, words: str, denial: Denial, *, go_on: GoOn
) -> Sequence[Draft]:
    """Take it that we got somebody wrong; nothing where they complain in the same breath.

    Args:
        context: the customer's.
        message: what they wrote, as it is stored.
        words: of it, without a command.
        denial: what was found in them.
        go_on: what takes those that they say besides.
    """
    if denial.rest and _complains(context, denial):
        return ()
    if not context.pending:
        return _nothing_to_take_back(context, message, words, denial, go_on=go_on)
    case = case_of_words(context, words)
    if case is None or (context.in_talk and not denial.is_clear):
        return ()  # it may be a person who got them wrong
    return _take_of_case(context, case, message, words, denial, go_on=go_on)


def _take_of_case(
    context: CustomerContext,
    case: Complaint,
    message: AnyMessage,
    words: str,
    denial: Denial,
    *,
    go_on: GoOn,
) -> Sequence[Draft]:
    """Close a case, ask whether it was none, or leave it to staff."""
    if not _may_be_none(context, case):
        return () if denial.rest else add_to_case(context, case, message, words)
    if denial.rest and says_solved(denial.rest):
        return ask_if_solved(context, case)  # so there was something
    if denial.is_clear and not _is_doubtful(context, denial) and _is_sure(context, case, words):
        return _close_and_go_on(context, case, words, denial, go_on=go_on)
    return _ask(context, case, message, words)


def _close_and_go_on(
    context: CustomerContext, case: Complaint, words: str, denial: Denial, *, go_on: GoOn
) -> Sequence[Draft]:
    """Close a case, and take what was said besides for what was meant; one answer says both."""
    told, *to_staff = _withdraw(context, case, words)
    if not denial.rest:
        return told, *to_staff
    others = [one for one in context.pending if one.id != case.id]
    meant = replace(context, pending=others, complaint=others[-1] if others else None)
    answer, *rest = go_on(meant, denial.rest)
    return replace(answer, text=f"{told.text}\n\n{answer.text}"), *to_staff, *rest


def decide(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to whether a case was none: it is closed, or goes on."""
    tapped = tapped_yes_or_no(context)
    if tapped is None:
        return stale_button(context)
    complaint, is_none = tapped
    if not _is_unanswered(complaint):
        return (_too_late(context, complaint),)
    if is_none:
        return _withdraw(context, complaint, "")
    text = context.say(
        "All right, {reference} stays open. {who} will answer you here by {due}.",
        reference=reference(complaint.id),
        who=who_answers(context, complaint),
        due=due_in_words(context, complaint),
    )
    return (context.answer(text, about=about_complaint(complaint.id)),)


def _complains(context: CustomerContext, denial: Denial) -> bool:
    """Tell whether what is said besides is no explanation, but a complaint, or asks for something else."""
    understanding = context.understand(denial.rest)
    if understanding.kind is FeedbackKind.COMPLAINT or needs_case(understanding.severity):
        return True
    asks = understanding.kind in (FeedbackKind.OPT_OUT, FeedbackKind.PERSON_REQUEST)
    return understanding.polarity <= -NEUTRAL_BELOW or (asks and not denial.is_clear)


def _is_doubtful(context: CustomerContext, denial: Denial) -> bool:
    """Tell whether what is said besides has no clear kind, as a rash from a cream is told."""
    return denial.rest != "" and context.understand(denial.rest).kind is FeedbackKind.OTHER


def _nothing_to_take_back(
    context: CustomerContext, message: AnyMessage, words: str, denial: Denial, *, go_on: GoOn
) -> Sequence[Draft]:
    """Keep a case from being opened by words that deny one; what is said besides is read, or gone on with."""
    if context.in_talk or context.understand(words).kind is not FeedbackKind.COMPLAINT:
        return ()
    if _is_doubtful(context, denial):
        return pass_on_message(context, message, words)
    if denial.rest:
        return go_on(context, denial.rest)
    if denial.is_clear:
        return (context.answer(context.say("All right! Just write when you need us.")),)
    text = context.say(
        "I am sorry that I got you wrong. Please say it in other words, or that you would like to talk to a "
        "person."
    )
    return (context.answer(text),)


def _is_unanswered(case: Complaint) -> bool:
    return case.state in UNANSWERED and case.first_response_at is None


def _may_be_none(context: CustomerContext, case: Complaint) -> bool:
    return _is_unanswered(case) and context.now - case.opened_at <= JUST_OPENED


def _is_grave(case: Complaint) -> bool:
    return case.urgent or case.severity is CaseSeverity.CRITICAL


def _is_sure(context: CustomerContext, case: Complaint, words: str) -> bool:
    """Tell whether a case can only be the one that is denied, and holds nothing that somebody must see."""
    if _is_grave(case):
        return False
    if len(context.pending) > 1 and parse_reference(words) is None:
        return False
    added = (one.text for one in history(context.session, case.id) if one.what == EventKind.WORDS_ADDED)
    return all(denial_in(text) is not None for text in added)


def _ask(context: CustomerContext, case: Complaint, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Show staff the words, and ask whether the case was none."""
    say, name = context.say, reference(case.id)
    _, *to_staff = add_to_case(context, case, message, words)
    text = say(
        "I took what you wrote for a complaint: {reference}. Shall I close it, since it was none?",
        reference=name,
    )
    buttons = (
        (
            button(say("Yes, close it"), VERB, case.id, "yes"),
            button(say("No, keep it open"), VERB, case.id, "no"),
        ),
    )
    return context.answer(text, buttons=buttons, about=about_complaint(case.id)), *to_staff


def _withdraw(context: CustomerContext, case: Complaint, words: str) -> Sequence[Draft]:
    """Close a case, correct the record, learn from it, and tell staff; ``words`` are "" where they tapped."""
    session, about, staff = context.session, about_complaint(case.id), staff_say(context)
    customer = hold_customer(session, context.customer.id)
    if customer is None or not _is_withdrawn(context, case):
        return (_too_late(context, case),)
    promised = withdraw_with_case(session, case, staff=None, now=context.now)
    feedback_id = take_back_case(session, customer=customer, complaint=case, about=about)
    if feedback_id is not None and not _is_grave(case):  # what is grave stays one to whoever learns from it
        note_correction(
            session, feedback_id=feedback_id, kind=FeedbackKind.OTHER, staff_id=None, now=context.now
        )
    if context.message is not None:
        context.message.about = about
    text = context.say(
        "Then I got you wrong, and I am sorry. {reference} is closed. If something is wrong after all, just "
        "write it.",
        reference=reference(case.id),
    )
    told = staff("🚫 The customer says that it was no complaint, so it is closed.")
    quoted = f"{told}\n{quoted_to_staff(context, words)}" if words else told
    return (
        context.answer(text, about=about),
        under_alert(context, case, quoted),
        *refreshed_alert(session, case, customer, company=context.company, now=context.now),
        *withdrawn_with_case(session, promised, customer, company=context.company),
    )


def _is_withdrawn(context: CustomerContext, case: Complaint) -> bool:
    """Withdraw a case; tells whether nobody of the staff was first."""
    try:
        withdraw(context.session, case, now=context.now)
    except MoveError:
        return False
    return True


def _too_late(context: CustomerContext, case: Complaint) -> Draft:
    """Say why a case is not closed as none: it is closed already, or somebody has answered it."""
    say, name = context.say, reference(case.id)
    text = say("{reference} is closed already. If something is wrong, just write it.", reference=name)
    if case.state not in ENDED:
        text = say(
            "{who} has answered you about {reference} already. Just tell them here that it was none.",
            who=who_answers(context, case),
            reference=name,
        )
    return context.answer(text, about=about_complaint(case.id))
