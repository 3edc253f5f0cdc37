"""The first look: what a message says, read by a small linear model and by rules that explain themselves."""
