"""Tasks in the staff chat: who shall get in touch with whom, and why; done, or later.

A task is one message that names one customer, so that a reply to it writes to them, and it is overwritten
when they are erased.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.profile import customers_by_id, find_by_id, name_for_staff, staff_name
from feedback.case_queries import newest_complaint
from feedback.complaints import reference
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.matters import about_customer
from handlers.staff.desk import stale_button
from handlers.staff.in_place import in_place_of_tapped
from handlers.staff.standing import standing_of
from scheduler.programmes.answers import visit_of
from scheduler.programmes.spoken import note_spoken_with
from scheduler.tasks import done, find_task, open_tasks, put_off, told_key, untold_tasks
from store.errors import NotFoundError
from store.outbox import ButtonRows, Draft, enqueue
from store.tables.customers import Customer
from store.tables.outreach import Task, TaskKind, Visit
from store.tables.queues import MessageKind

VERB = "task"
DONE, LATER = "done", "later"

LATER_BY = timedelta(days=1)
LISTED = 5
TOLD_AT_ONCE = 20
TOLD_FOR = timedelta(days=3)
"""What could not be told for so long is found by /tasks."""

EVERYBODYS = frozenset({"all", "全部"})


def list_tasks(context: StaffContext) -> Sequence[Draft]:
    """List what one has to do, and what is everybody's; ``/tasks all`` lists those of others, too."""
    say, session = context.say, context.session
    whose = None if context.incoming.argument.strip().lower() in EVERYBODYS else context.staff.id
    found = open_tasks(session, staff_id=whose, limit=LISTED + 1)
    if not found:
        return (context.answer(say("Nothing is to be done. /tasks all shows the tasks of everybody.")),)
    tasks = found[:LISTED]
    customers = customers_by_id(session, [task.customer_id for task in tasks])
    drafts = [
        context.answer(
            task_in_words(
                session,
                task,
                customers[task.customer_id],
                company=context.company,
                now=context.now,
                say=say,
            ),
            buttons=_buttons(task, say),
            about=about_customer(task.customer_id),
        )
        for task in tasks
        if task.customer_id in customers
    ]
    if len(found) > LISTED:
        drafts.append(context.answer(say("There is more; it is shown when some of this is done.")))
    return drafts


def take_tap(context: StaffContext) -> Sequence[Draft]:
    """Note that a task is done, or that it is done later."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case ("done" | "later" as what, written) if task_id := number(written):
            pass
        case _:
            return stale_button(context)
    try:
        task = find_task(context.session, task_id)
    except NotFoundError:
        return stale_button(context)
    customer = find_by_id(context.session, task.customer_id)
    if customer is None:
        return stale_button(context)
    return _done(context, task, customer) if what == DONE else _later(context, task, customer)


def _done(context: StaffContext, task: Task, customer: Customer) -> Sequence[Draft]:
    say, session = context.say, context.session
    values = {"customer": name_for_staff(customer, say)}
    if done(session, task, staff_id=context.staff.id, now=context.now):
        note_spoken_with(customer, now=context.now)
        text = say("✅ {customer}: done by {name}.", name=context.staff.name, **values)
    else:
        by = staff_name(session, task.done_by) or say("Somebody who has left")
        text = say("{customer}: {name} has done this already.", name=by, **values)
    return (in_place_of_tapped(context, context.answer(text, about=about_customer(customer.id))),)


def _later(context: StaffContext, task: Task, customer: Customer) -> Sequence[Draft]:
    """Put a task off; it is shown again then."""
    if task.done_at is not None:
        return _done(context, task, customer)
    say, until = context.say, context.now + LATER_BY
    put_off(context.session, task, until=until)
    text = say(
        "⏰ {customer}: I remind you {when}.",
        customer=name_for_staff(customer, say),
        when=moment_in(until, context.company.timezone, say),
    )
    reminder = _told(context.session, task, customer, context.company, context.now, at=until)
    told = context.answer(text, about=about_customer(customer.id), buttons=_buttons(task, say)[:1])
    return in_place_of_tapped(context, told), reminder


def tell_tasks(session: Session, *, company: Company, now: datetime) -> int:
    """Tell the staff chat of tasks that it was not told of; a planner, does not commit.

    Returns:
        How many.
    """
    tasks = untold_tasks(session, since=now - TOLD_FOR, limit=TOLD_AT_ONCE)
    customers = customers_by_id(session, [task.customer_id for task in tasks])
    drafts = [
        _told(session, task, customers[task.customer_id], company, now)
        for task in tasks
        if task.customer_id in customers
    ]
    return enqueue(session, drafts, now=now)


def _told(
    session: Session,
    task: Task,
    customer: Customer,
    company: Company,
    now: datetime,
    *,
    at: datetime | None = None,
) -> Draft:
    """Compose the message that tells of a task: at once, or once more at a moment."""
    say, key = phrases(company.language), told_key(task.id)
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=task_in_words(session, task, customer, company=company, now=now, say=say),
        buttons=_buttons(task, say),
        dedupe_key=key if at is None else f"{key}:{at:%Y-%m-%dT%H:%M:%S}",
        about=about_customer(customer.id),
        not_before=at,
    )


def task_in_words(
    session: Session, task: Task, customer: Customer, *, company: Company, now: datetime, say: Phrases
) -> str:
    """Say what is to be done, by whom, by when, and why."""
    name = staff_name(session, task.staff_id)
    values = {
        "customer": name_for_staff(customer, say),
        "standing": standing_of(session, customer, say, now=now),
        "name": name or "",
    }
    if name is None:
        head = say("📌 Somebody, please get in touch with {customer} ({standing}).", **values)
    else:
        head = say("📌 {name}, please get in touch with {customer} ({standing}).", **values)
    lines = [head, _why(session, task, say), _beside(task, say)]
    if task.due_at is not None:
        lines.append(say("By {due}.", due=moment_in(task.due_at, company.timezone, say)))
    lines.append(say("A reply to this message goes to them."))
    return "\n".join(filter(None, lines))


def _beside(task: Task, say: Phrases) -> str:
    """Say what is known beside why: of a visit that was not made, in which programmes, if in several."""
    if task.kind is TaskKind.COMPLAINT_OPEN and task.text:
        return say("It stands for the visits of these programmes: {programmes}.", programmes=task.text)
    return task.text


def _why(session: Session, task: Task, say: Phrases) -> str:
    match task.kind:
        case TaskKind.COMPLAINT_OPEN:
            complaint = newest_complaint(session, task.customer_id)
            return say(
                "I wanted to ask how things are, but a complaint is open: {reference}.",
                reference="?" if complaint is None else reference(complaint.id),
            )
        case TaskKind.NO_ANSWER:
            visit = _find_visit(session, task)
            if visit is not None and visit.attempt > 0:
                return say("I asked them twice how things are, and they did not answer.")
            return say("I asked them how things are, and they did not answer.")
        case TaskKind.NO_SHOW:
            return say("They said that they would come to our event, and did not.")
        case TaskKind.OTHER:
            visit = _find_visit(session, task)
            if visit is None or visit.rating is None:
                return ""
            return say(
                "They gave {stars} of 5 stars when I asked how things are, and did not say why.",
                stars=visit.rating,
            )


def _find_visit(session: Session, task: Task) -> Visit | None:
    """Find the visit that a task came of, if it did."""
    if task.visit_id is None:
        return None
    try:
        return visit_of(session, task.visit_id, task.customer_id)
    except NotFoundError:
        return None


def _buttons(task: Task, say: Phrases) -> ButtonRows:
    return (
        (
            button(say("Done"), VERB, DONE, task.id),
            button(say("Tomorrow"), VERB, LATER, task.id),
            button(say("Customer"), "customer", task.customer_id),
        ),
    )
