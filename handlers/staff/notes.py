"""Notes: what staff write for each other in a case, kept in its history. No customer ever reads one."""

from collections.abc import Sequence
from dataclasses import replace

from feedback.case_notes import is_note, without_mark, write_note
from feedback.complaint_rules import parse_reference, reference
from handlers.conditions import answers_question, is_message
from handlers.context import Context, StaffContext
from handlers.customer.attachments import described
from handlers.incoming import Incoming, IncomingKind
from handlers.matters import about_complaint, complaint_of, concerns_customer
from handlers.staff import albums
from handlers.staff.alert_text import shortened
from handlers.staff.named_case import named_case
from store.outbox import Draft, find_by_external_id
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.queues import MessageKind

COMMAND = "note"


def is_marked(context: Context) -> bool:
    """The words begin with the mark of a note, where others might go to a customer: in a reply, or a talk.

    What else belongs to the album of a note is one, too.
    """
    if is_message(context) and albums.answer_to_note(context) is not None:
        return True
    if not is_message(context) or not is_note(context.incoming.text):
        return False
    return answers_question(context) or concerns_customer(_about(context))


def note_reply(context: StaffContext) -> Sequence[Draft]:
    """Keep a marked reply as a note of its case; nothing goes to the customer."""
    before = albums.answer_to_note(context)
    about = _about(context) if before is None else before.about or ""
    complaint = complaint_of(context.session, about)
    if context.message is not None and concerns_customer(about):
        context.message.about = about  # so that it is found when the customer is erased
    if complaint is None:
        text = context.say(
            "A note belongs to a case, and this is none: nothing was kept, and nothing went out."
        )
        return (_answer(context, text),)
    return _keep(context, complaint, without_mark(context.incoming.text))


def note_command(context: StaffContext) -> Sequence[Draft]:
    """Keep what stands behind ``/note`` as a note of the case that it names, or replies to."""
    say, named = context.say, named_case(context)
    if named.complaint is None:
        text = say(
            "Which case? Write /note C-1042 and the note, or reply to the case with /note and the note."
        )
        if named.is_named:
            text = say("There is no such case. /open shows what waits for us.")
        return (_answer(context, text),)
    return _keep(context, named.complaint, without_mark(named.rest))


def was_note(context: StaffContext, words: str) -> bool:
    """Tell whether words that staff wrote were a note, by their mark or by ``/note``."""
    return is_note(words) or _as_written(context, words).command == COMMAND


def correct(context: StaffContext, message: Message) -> Sequence[Draft]:
    """Add the corrected words of a note to its case: what was noted before stays, as all that happened does.

    Args:
        context: of who corrected it.
        message: the note as it was written, which is changed.
    """
    complaint = complaint_of(context.session, message.about or "")
    words = _corrected_words(context, message.about)
    if complaint is None or not words:
        return (nothing_changed(context),)
    message.text, message.edited_at = context.incoming.text, context.now
    return _keep(context, complaint, context.say("corrected: {words}", words=words))


def nothing_changed(context: StaffContext) -> Draft:
    """Answer a correction that cannot be made."""
    text = context.say("Nothing was changed, and nothing went out: write a new message instead.")
    return context.answer(text)


def _corrected_words(context: StaffContext, about: str | None) -> str:
    """Give what a corrected note says; "" where it is none any more, or one in another case."""
    words = context.incoming.text
    if is_note(words):
        return without_mark(words)
    written = _as_written(context, words)
    if written.command != COMMAND:
        return ""
    first, *rest = written.argument.split(maxsplit=1) or [""]
    number = parse_reference(first)
    if number is None:
        return without_mark(written.argument)
    return without_mark(" ".join(rest)) if about_complaint(number) == about else ""


def _as_written(context: StaffContext, words: str) -> Incoming:
    """Give words as they would have come in a message of their own, for a correction is never a command."""
    return replace(context.incoming, kind=IncomingKind.MESSAGE, text=words)


def _keep(context: StaffContext, complaint: Complaint, words: str) -> Sequence[Draft]:
    say, about = context.say, about_complaint(complaint.id)
    text, name = described(words, context.incoming, say), reference(complaint.id)
    if not text:
        return (context.answer(say("There is nothing in that note: nothing was kept."), about=about),)
    write_note(context.session, complaint, staff=context.staff, text=text, now=context.now)
    kept = _answer(context, say("📝 Kept as a note in {reference}. Only we see it.", reference=name), about)
    if context.chat == context.company.staff_chat:
        return (kept,)
    return kept, _to_colleagues(context, complaint, text)


def _answer(context: StaffContext, text: str, about: str | None = None) -> Draft:
    """Answer a note, once for an album, whose pictures are kept back with it."""
    told = albums.keep_back(context, complaint_of(context.session, about or ""))
    return context.answer(
        f"{text}\n{told}" if told else text, about=about, dedupe_key=albums.note_key(context.incoming)
    )


def _to_colleagues(context: StaffContext, complaint: Complaint, text: str) -> Draft:
    """Show the staff chat what somebody noted elsewhere."""
    staff_chat = context.company.staff_chat
    return Draft(
        kind=MessageKind.ALERT,
        channel=staff_chat.channel,
        address=staff_chat.address,
        text=context.say(
            "📝 {reference} · {name}: {words}",
            reference=reference(complaint.id),
            name=context.staff.name,
            words=shortened(text),
        ),
        about=about_complaint(complaint.id),
        reply_to=complaint.alert_key,
    )


def _about(context: Context) -> str:
    """Tell what words concern: what they reply to, else what their writer was asked for."""
    incoming, dialogue = context.incoming, context.dialogue
    if incoming.reply_to is not None:
        above = find_by_external_id(
            context.session,
            channel=incoming.channel,
            address=incoming.address,
            external_id=incoming.reply_to,
        )
        return "" if above is None else above.about or ""
    return "" if dialogue is None else str(dialogue.data.get("about", ""))
