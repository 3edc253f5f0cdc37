"""Which handler takes an update: two tables, one for each who may speak, ordered; the first that accepts.

Where to look is decided by what came: a command is one in the middle of a talk, too, so that ``/help`` works
anywhere. The order matters: talks before free words; the last line takes whatever is left, so that nobody is
left without an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from handlers.conditions import (
    Came,
    Condition,
    any_command,
    any_tap,
    at_step,
    command,
    is_edit,
    is_message,
    tapped,
    what_came,
)
from handlers.context import Context, CustomerContext, StaffContext
from handlers.customer import (
    asked,
    complaint,
    consent,
    corrections,
    event_afterwards,
    events,
    feedback,
    festivals,
    language,
    misread,
    open_question,
    privacy,
    promises,
    ratings,
    settlement,
    unknown,
    visits,
    welcome,
    words,
)
from handlers.customer import campaign_answers as answers_to_campaigns
from handlers.customer.csat import STEP as CSAT
from handlers.marketing import (
    birthdays,
    campaign_change,
    campaigns,
    confirmation,
    control,
    door,
    event_card,
    event_changes,
    event_draft,
    results,
    suppressed,
)
from handlers.marketing import calendar as marketing_calendar
from handlers.marketing import campaign_preview as launching
from handlers.marketing import campaign_talk as new_campaign
from handlers.marketing import events as marketing_events
from handlers.marketing import segments as marketing_segments
from handlers.marketing import templates as marketing_templates
from handlers.staff import (
    case_menu,
    concession_approval,
    concessions,
    contacts,
    coverage,
    desk,
    duty,
    held_decisions,
    held_words,
    join,
    leaving,
    no_complaint,
    notes,
    promise_ends,
    purchases,
    quick_replies,
    quick_words,
    replies,
    resolving,
    satisfaction,
    tasks,
    undelivered,
    waiting,
)
from handlers.staff import promises as staff_promises
from handlers.staff import tags as staff_tags
from handlers.staff.digest import tell as tell_digest
from handlers.staff.find import find
from handlers.staff.history import show_case, show_customer_history, show_history
from scheduler.campaigns.content import ANSWER
from scheduler.campaigns.text import VERB
from scheduler.events import follow_up
from store.outbox import Draft

ANSWER_WITHIN = timedelta(hours=1)
"""For how long a customer's next words are taken as the answer to a question that a command asked."""

C = TypeVar("C", bound=Context)


@dataclass(frozen=True, slots=True)
class Route(Generic[C]):
    """A condition, and the handler of the updates that meet it."""

    accepts: Condition
    handle: Callable[[C], Sequence[Draft]]


Routes = Mapping[Came, tuple[Route[C], ...]]


CUSTOMER_ROUTES: Routes[CustomerContext] = {
    Came.EDIT: (Route(is_edit, corrections.correct),),
    Came.COMMAND: (
        Route(command("start"), welcome.start),
        Route(command("help"), welcome.help_),
        Route(command("feedback"), feedback.ask),
        Route(command("complaint"), complaint.ask),
        Route(command("status"), complaint.status),
        Route(command("events"), events.upcoming),
        Route(command("festivals"), festivals.show),
        Route(command("birthday"), festivals.birthday),
        Route(command("language"), language.choose),
        Route(command("stop"), consent.stop),
        Route(command("consent"), consent.choose),
        Route(command("resume"), consent.resume),
        Route(command("mydata"), privacy.my_data),
        Route(command("forget"), privacy.ask_to_forget),
        Route(command("cancel"), welcome.cancel),
        Route(any_command, unknown.unknown_command),
    ),
    Came.TAP: (
        Route(tapped("rate"), ratings.rate),
        Route(tapped("solved"), settlement.solved),
        Route(tapped("promised"), promises.answer),
        Route(tapped(misread.VERB), misread.decide),
        Route(tapped("visit"), visits.rate),
        Route(tapped("nps"), visits.score),
        Route(tapped("rsvp"), events.answer_invitation),
        Route(tapped(ANSWER), answers_to_campaigns.answer),
        Route(tapped(follow_up.VERB), event_afterwards.rate_event),
        Route(tapped(festivals.VERB), festivals.change),
        Route(tapped("language"), language.set_language),
        Route(tapped(consent.VERB), consent.change),
        Route(tapped("forget"), privacy.forget),
        Route(any_tap, welcome.stale_button),
    ),
    Came.WORDS: (
        Route(festivals.tells_birthday, festivals.take_birthday),
        Route(open_question.is_answered, open_question.take),
        Route(at_step(complaint.STEP, within=ANSWER_WITHIN), asked.open_asked),
        Route(at_step(ratings.STEP, within=ANSWER_WITHIN), asked.take_reason),
        Route(at_step(CSAT, within=ANSWER_WITHIN), asked.take_line),
        Route(at_step(visits.STEP, within=visits.PATIENCE), visits.take_answer),
        Route(at_step(feedback.STEP, within=ANSWER_WITHIN), feedback.take_asked),
        Route(is_message, words.understand_words),
    ),
}

STAFF_ROUTES: Routes[StaffContext] = {
    Came.EDIT: (Route(is_edit, replies.correct),),
    Came.COMMAND: (
        Route(command("start", "help"), desk.help_),
        Route(command("join"), join.already_joined),
        Route(command("cancel"), confirmation.cancel),
        Route(command("open"), desk.list_open),
        Route(command("atrisk"), satisfaction.list_risks),
        Route(command("customer"), satisfaction.show_customer),
        Route(command("satisfaction"), satisfaction.tell_standings),
        Route(command("find"), find),
        Route(command("tasks"), tasks.list_tasks),
        Route(command("bought"), purchases.note_bought),
        Route(command("coverage"), coverage.tell_coverage),
        Route(command("digest"), tell_digest),
        Route(command("case"), show_case),
        Route(command("history"), show_history),
        Route(command("onduty", "back"), duty.on_duty),
        Route(command("offduty"), duty.off_duty),
        Route(command("away"), duty.away),
        Route(command("team"), duty.team),
        Route(command("handover"), leaving.hand_over_cases),
        Route(command("leave"), leaving.ask_to_leave),
        Route(command("contact"), contacts.set_contact),
        Route(command("birthday"), birthdays.note),
        Route(command("promise"), staff_promises.start),
        Route(command("promises"), promise_ends.list_),
        Route(command("concession"), concessions.start),
        Route(command(notes.COMMAND), notes.note_command),
        Route(command(quick_words.COMMAND), quick_replies.send),
        Route(command("checkin"), door.by_code_or_name),
        Route(command("door"), door.show),
        Route(command("tag"), staff_tags.tag),
        Route(command("untag"), staff_tags.untag),
        Route(command(marketing_segments.VERB), marketing_segments.segment),
        Route(command("newevent"), marketing_events.start),
        Route(command("events"), event_card.list_),
        Route(command("event"), event_card.show),
        Route(command("broadcast"), campaigns.start),
        Route(command("campaign"), new_campaign.start),
        Route(command("template", "templates"), marketing_templates.template),
        Route(command("campaigns"), control.list_),
        Route(command("calendar"), marketing_calendar.show),
        Route(command("suppressed"), suppressed.show),
        Route(command("results"), results.show),
        Route(any_command, desk.unknown_command),
    ),
    Came.TAP: (
        Route(tapped(tasks.VERB), tasks.take_tap),
        Route(tapped(leaving.VERB), leaving.confirm_leaving),
        Route(tapped(contacts.VERB), contacts.become_contact),
        Route(tapped(door.VERB, door.LET_IN), door.tap),
        Route(tapped("take"), desk.take),
        Route(tapped("reply"), replies.ask_reply),
        Route(tapped("resolve"), resolving.ask_cause),
        Route(tapped("cause"), resolving.take_cause),
        Route(tapped("remedy"), resolving.take_remedy),
        Route(tapped(case_menu.VERB), case_menu.show),
        Route(tapped(held_words.VERB), held_decisions.decide),
        Route(tapped(undelivered.VERB), undelivered.send_again),
        Route(tapped("wait"), waiting.wait),
        Route(tapped("goon"), waiting.go_on),
        Route(tapped("reopen"), waiting.open_again),
        Route(tapped("promise"), staff_promises.offer_terms),
        Route(tapped("promised"), promise_ends.show),
        Route(tapped("kept"), promise_ends.call_kept),
        Route(tapped("withdraw"), promise_ends.ask_reason),
        Route(tapped("concede"), concessions.offer_kinds),
        Route(tapped(quick_replies.VERB), quick_replies.choose),
        Route(tapped(quick_replies.SEND), quick_replies.send_chosen),
        Route(tapped("approve"), concession_approval.approve),
        Route(tapped("refuse"), concession_approval.refuse),
        Route(tapped("nocase"), no_complaint.call_no_complaint),
        Route(tapped(no_complaint.SURE, no_complaint.NOT_SURE), no_complaint.answer_whether_sure),
        Route(tapped(no_complaint.TAKE_BACK), no_complaint.take_back),
        Route(tapped("customer"), satisfaction.show_customer),
        Route(tapped("case"), show_case),
        Route(tapped("history"), show_history),
        Route(tapped("past"), show_customer_history),
        Route(tapped(marketing_segments.VERB), marketing_segments.replace),
        Route(tapped("newevent"), marketing_events.confirm),
        Route(tapped(event_card.VERB), event_changes.tap),
        Route(tapped("broadcast"), campaigns.confirm),
        Route(tapped(new_campaign.VERB), new_campaign.take_tap),
        Route(tapped(launching.VERB), launching.decide),
        Route(tapped(campaign_change.VERB), campaign_change.tap),
        Route(tapped(ANSWER), answers_to_campaigns.try_out),
        Route(tapped(VERB), control.take_tap),
        Route(any_tap, desk.stale_button),
    ),
    Came.WORDS: (
        Route(notes.is_marked, notes.note_reply),
        Route(replies.replies_to_customer, replies.reply_to_alert),
        Route(at_step(replies.STEP, within=replies.PATIENCE), replies.send_reply),
        Route(at_step(resolving.STEP, within=replies.PATIENCE), resolving.take_remedy_words),
        Route(at_step(staff_promises.STEP, within=staff_promises.PATIENCE), staff_promises.take_words),
        Route(at_step(promise_ends.STEP, within=staff_promises.PATIENCE), promise_ends.take_reason),
        Route(at_step(concessions.STEP, within=concessions.PATIENCE), concessions.take_words),
        Route(at_step(door.STEP, within=door.PATIENCE), door.by_code_or_name),
        Route(at_step("newevent"), marketing_events.next_step),
        Route(at_step(event_changes.STEP), event_changes.next_step),
        Route(at_step(event_draft.STEP), event_draft.next_detail),
        Route(at_step("broadcast"), campaigns.next_step),
        Route(at_step(new_campaign.STEP, new_campaign.LATER), new_campaign.next_step),
        Route(is_message, desk.plain_words),
    ),
}


def route_customer(context: CustomerContext) -> Sequence[Draft]:
    """Let the first customer handler that accepts the update answer it."""
    return _route(CUSTOMER_ROUTES, context)


def route_staff(context: StaffContext) -> Sequence[Draft]:
    """Let the first staff handler that accepts the update answer it."""
    return _route(STAFF_ROUTES, context)


def _route(routes: Routes[C], context: C) -> Sequence[Draft]:
    for route in routes.get(what_came(context), ()):
        if route.accepts(context):
            return route.handle(context)
    return ()
