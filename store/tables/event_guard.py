"""The history of a case stands: the database itself refuses to change or take out what happened.

A member of staff who is deleted leaves events without a name, and a case that is erased takes its events
along; nothing else touches them.
"""

from sqlalchemy import DDL, event

from store.tables.complaints import ComplaintEvent

REFUSAL = "the history of a case cannot be changed"

_CHANGED = (
    "new.id <> old.id OR new.complaint_id <> old.complaint_id OR new.at <> old.at OR new.what <> old.what"
    " OR new.text <> old.text OR new.staff_id IS NOT NULL AND new.staff_id IS DISTINCT FROM old.staff_id"
)
_CASE_STANDS = "EXISTS (SELECT 1 FROM complaints WHERE id = old.complaint_id)"
_ON_SQLITE = (
    (
        "CREATE TRIGGER complaint_events_stand BEFORE UPDATE ON complaint_events"
        f" WHEN {_CHANGED.replace('IS DISTINCT FROM', 'IS NOT')}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    (
        f"CREATE TRIGGER complaint_events_stay BEFORE DELETE ON complaint_events WHEN {_CASE_STANDS}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
)
_ON_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION refuse_complaint_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN"
        f" IF {_CASE_STANDS} THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN old; END IF;"
        f" RAISE EXCEPTION '{REFUSAL}'; END $$"
    ),
    (
        "CREATE TRIGGER complaint_events_stand BEFORE UPDATE ON complaint_events FOR EACH ROW"
        f" WHEN ({_CHANGED}) EXECUTE FUNCTION refuse_complaint_events()"
    ),
    (
        "CREATE TRIGGER complaint_events_stay BEFORE DELETE ON complaint_events FOR EACH ROW"
        " EXECUTE FUNCTION refuse_complaint_events()"
    ),
)
for _dialect, _statements in (("sqlite", _ON_SQLITE), ("postgresql", _ON_POSTGRESQL)):
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
        event.listen(ComplaintEvent.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
