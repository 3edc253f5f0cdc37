"""Visit programmes at work: whose turn it is, when, what they are asked, what came of it."""
