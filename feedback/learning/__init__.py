"""Learning from the company: labels, a correction of the model, and keeping it only when it is better."""
