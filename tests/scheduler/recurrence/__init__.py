"""How often something comes again."""
