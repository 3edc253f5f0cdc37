"""How well messages are understood, beside other ways in the same run."""
