"""The road out: from a row of the outbox to the messaging app, at the pace the app allows."""
