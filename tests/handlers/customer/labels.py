"""The labels of the buttons under our questions, with what each answers."""

LABELS = (
    ("Yes, it is solved", "solved", "yes"),
    ("No, not yet", "solved", "no"),
    ("Yes, erase everything", "forget", "yes"),
    ("No, keep it", "forget", "no"),
    ("Going", "rsvp", "going"),
    ("Maybe", "rsvp", "maybe"),
    ("No", "rsvp", "no"),
)
"""The English sentence, the verb of the question, and the answer."""
