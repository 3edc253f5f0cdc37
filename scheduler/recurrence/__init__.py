"""How often something comes again: its rules, and the words for them."""
