"""The staff's desk: take a complaint, settle it, see what is open."""

from collections.abc import Sequence

from customers.local_time import clock_of, minute_in, moment_in
from customers.phrases import listed
from customers.profile import customers_by_id, find_by_id, staff_name
from feedback.case_clocks import due_of
from feedback.case_notes import is_note
from feedback.case_queries import is_withdrawn, last_move, unreached_complaints
from feedback.complaints import (
    MoveError,
    TakenError,
    find_complaint,
    open_complaints,
    reference,
    unfiled_complaints,
)
from feedback.complaints import take as take_complaint
from handlers.buttons import number, parse
from handlers.conditions import in_group, is_reply
from handlers.context import StaffContext
from handlers.matters import about_complaint
from handlers.menu import desk_menu, meant, staff_menu
from handlers.staff import draft_words, replies
from handlers.staff.alerts import refreshed_alert
from handlers.staff.roles import may_market
from handlers.staff.standing import standing_of
from store.errors import NotFoundError
from store.new_rows import take_back
from store.outbox import Draft
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer

LISTED = 20


def help_(context: StaffContext) -> Sequence[Draft]:
    """Tell what staff can do here."""
    say = context.say
    lines = [
        say("Complaints arrive in the staff chat. Reply to one, and your words go to the customer."),
        "",
        say("/open – complaints that wait for us"),
        say("/atrisk – customers whom we may lose"),
        say("/satisfaction – how content customers are"),
        say("/customer – how content one of them is"),
        say("/team – who is there, and how much each has"),
        say("/onduty, /offduty – begin and end your work"),
        say("/away – be away until a day, with somebody who stands in"),
        say("/handover – give what is yours to a colleague"),
        say("/contact – say who looks after a customer"),
        say("/birthday – keep a customer's birthday: /birthday 42 3 May"),
        say("/leave – leave the company, and hand over all that is yours"),
        say("/promise – promise a customer something by a time; /promises – what is open or broken"),
        say("/tasks – whom you are asked to get in touch with; /tasks all – those of everybody"),
        say("/coverage – how many return visits were made, and why others were not"),
        say("/bought – note what a customer bought"),
        say("/find – cases and messages by their words"),
        say("/digest – how the desk did; /digest week"),
        say("/case – one case, and what happened in it"),
        say("/concession – make good: a refund, a voucher, an apology"),
        say("/note – a note in a case, for us alone; so is a reply that begins with //"),
        say("/r – send a quick reply, as a reply to a case; /r alone lists them"),
        say("/checkin – at an event's door: a ticket's code, or a name; /door – who is there"),
        say("/tag, /untag – mark a customer with words: /tag 42 wholesale"),
        say("/cancel – end what you began"),
    ]
    if may_market(context.staff):
        lines += [
            say("/segment – whom a filter picks; save filters by name"),
            say("/newevent – invite customers to an event"),
            say("/events – who comes to which; /event 12 – change or cancel one"),
            say("/broadcast – write to all who allow it"),
            say("/campaign – a campaign step by step: languages, picture, buttons, time"),
            say("/template – texts that you kept"),
            say("/calendar – what is planned for the next 30 days"),
            say("/campaigns – see, pause or cancel what goes to many"),
            say("/suppressed – what was not sent, and why"),
            say("/results – whether visits, greetings and campaigns work"),
        ]
    return (context.answer("\n".join(lines)),)


def cancel(context: StaffContext) -> Sequence[Draft]:
    """End a talk of several steps, or else give up the draft that was set aside last."""
    say, dialogue = context.say, context.dialogue
    if dialogue is None and not context.begun:
        return (context.answer(say("There is nothing to cancel.")),)
    given_up = context.begun[0].step if dialogue is None else dialogue.step
    context.expect_nothing(given_up)
    lines = [say("Cancelled.")] if dialogue is not None else [draft_words.given_up(given_up, say)]
    left = [one.step for one in context.begun if one.step != given_up]
    return (context.answer("\n".join([*lines, *(draft_words.kept(step, say) for step in left)])),)


def list_open(context: StaffContext) -> Sequence[Draft]:
    """List the complaints that wait for staff: urgent ones first, then the soonest due."""
    say, session = context.say, context.session
    complaints = open_complaints(session, LISTED, channels=context.company.channels)
    unfiled = unfiled_complaints(session, LISTED - len(complaints))
    if not (complaints or unfiled):
        return (context.answer(_with_unreached(context, say("No complaint is open."))),)
    customers = customers_by_id(session, [complaint.customer_id for complaint in complaints])
    lines = [_line(context, complaint, customers[complaint.customer_id]) for complaint in complaints]
    lines += [_unfiled_line(context, complaint) for complaint in unfiled]
    if complaints:
        lines.append(say("Times: {clock}", clock=clock_of(context.company.timezone, say)))
    return (context.answer(_with_unreached(context, "\n".join(lines))),)


def _with_unreached(context: StaffContext, text: str) -> str:
    """Add which complaints wait on an app that is switched off, where nobody can be answered."""
    say = context.say
    unreached = unreached_complaints(context.session, LISTED, channels=context.company.channels)
    if not unreached:
        return text
    names = listed((reference(complaint.id) for complaint in unreached), say)
    return "\n".join(
        (text, say("📵 On an app that is switched off, so nobody hears us: {names}", names=names))
    )


def take(context: StaffContext) -> Sequence[Draft]:
    """Make who tapped the owner of a complaint; whoever comes second learns who has it."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    say, name = context.say, reference(complaint.id)
    try:
        take_complaint(context.session, complaint, staff=context.staff, now=context.now)
    except TakenError as error:
        text = say("{name} has {reference} already.", name=error.owner_name, reference=name)
        return (context.answer(text, about=about_complaint(complaint.id)),)
    except NotFoundError:  # its customer was erased meanwhile
        return stale_button(context)
    except MoveError:
        return (no_more_to_do(context, complaint),)
    return refreshed_alert(context.session, complaint, customer, company=context.company, now=context.now)


def stale_button(context: StaffContext) -> Sequence[Draft]:
    """Answer a button that is out of date; it changes nothing."""
    return (
        context.answer(context.say("This button no longer does anything. /open shows what waits for us.")),
    )


def unknown_command(context: StaffContext) -> Sequence[Draft]:
    """Answer a command that does not exist, or not for this one of staff; name one that may be meant."""
    say, written = context.say, context.incoming.command or ""
    command = meant(written, staff_menu(say) if may_market(context.staff) else desk_menu(say))
    if command in (None, written):
        return (context.answer(say("I do not know this command. /help shows those I know.")),)
    return (context.answer(say("I do not know this command. Did you mean /{command}?", command=command)),)


def plain_words(context: StaffContext) -> Sequence[Draft]:
    """Leave staff to themselves in their group; elsewhere, hint at how a customer is answered.

    A reply that got here is told that it reached nobody: it may be meant for a customer, above a message of
    ours that we do not know, such as the first copy of an alert that was sent twice.
    """
    say = context.say
    if is_reply(context):
        return replies.cannot_tell(context)
    if in_group(context):
        if context.message is not None:
            take_back(context.session, context.message)
        return ()
    if context.dialogue is not None and context.dialogue.step == replies.STEP:
        context.expect_nothing()
        return (
            context.answer(
                say("That took long, so nothing went out. Tap Reply again, or reply to the message.")
            ),
        )
    if is_note(context.incoming.text):
        text = say(
            "Which case? Write /note C-1042 and the note, or reply to the case with /note and the note."
        )
        return (context.answer(text),)
    return (
        context.answer(
            say("To answer a customer, reply to their message in the staff chat. /help shows more.")
        ),
    )


def tapped_case(context: StaffContext) -> tuple[Complaint | None, Customer | None]:
    """Find the complaint that a button names, and whose it is; None for what is gone or never was."""
    _, arguments = parse(context.incoming.button or "")
    complaint_id = number(arguments[0]) if len(arguments) == 1 else None
    if complaint_id is None:
        return None, None
    try:
        complaint = find_complaint(context.session, complaint_id)
    except NotFoundError:
        return None, None
    return complaint, find_by_id(context.session, complaint.customer_id)


def no_more_to_do(context: StaffContext, complaint: Complaint) -> Draft:
    """Say where a complaint stands that cannot be moved so any more, who brought it there, and when."""
    say, state = context.say, complaint.state
    by, at = last_move(context.session, complaint)
    values = {
        "reference": reference(complaint.id),
        "name": by or say("Somebody who has left"),
        "when": "" if at is None else moment_in(at, context.company.timezone, say),
    }
    if is_withdrawn(context.session, complaint):
        text = say("{reference} is closed: the customer says that it was no complaint · {when}", **values)
    elif state is ComplaintState.DISMISSED:
        text = say("{reference} is closed: {name} says it was no complaint · {when}", **values)
    elif state is ComplaintState.CONFIRMED:
        text = say("{reference} is closed: the customer says it is solved · {when}", **values)
    elif state is ComplaintState.UNCONFIRMED:
        text = say("{reference} is closed: the customer never said whether it is solved · {when}", **values)
    elif state is ComplaintState.WAITING:
        text = say("{reference} waits for the customer's answer: {name} asked them · {when}", **values)
    elif state is ComplaintState.RESOLVED:
        text = say(
            "{reference} waits for the customer's word: {name} resolved it and asked them · {when}",
            **values,
        )
    elif state is ComplaintState.CLAIMED:
        owner = staff_name(context.session, complaint.owner_id) or say("Somebody who has left")
        text = say("{reference} is in work: {name} has it · {when}", **(values | {"name": owner}))
    else:
        text = say("{reference} is open, and nobody has taken it · {when}", **values)
    return context.answer(text, about=about_complaint(complaint.id))


def _line(context: StaffContext, complaint: Complaint, customer: Customer) -> str:
    """Write one line, without a name: a list that names several is not found when one of them is erased."""
    say = context.say
    due = due_of(complaint)
    values = {
        "reference": reference(complaint.id),
        "standing": standing_of(context.session, customer, say, now=context.now, complaint=complaint),
        "owner": _owner(context, complaint),
        "due": minute_in(due, context.company.timezone, say),
    }
    if complaint.state is ComplaintState.WAITING:
        return say("⏳ {reference} · {standing} · {owner} · waits for the customer", **values)
    if complaint.urgent:
        return say("🚨 {reference} · {standing} · {owner} · due {due}", **values)
    if due < context.now:
        return say("⚠️ {reference} · {standing} · {owner} · was due {due}", **values)
    return say("{reference} · {standing} · {owner} · due {due}", **values)


def _unfiled_line(context: StaffContext, complaint: Complaint) -> str:
    return context.say(
        "📁 {reference} · {owner} · has ended; cause and remedy are missing",
        reference=reference(complaint.id),
        owner=_owner(context, complaint),
    )


def _owner(context: StaffContext, complaint: Complaint) -> str:
    """Name who is accountable; whoever was only given it is told apart from whoever took it."""
    say, name = context.say, staff_name(context.session, complaint.owner_id)
    if name is None:
        return say("nobody yet")
    if complaint.state is ComplaintState.OPEN:
        return say("{name}, not taken yet", name=name)
    return name
