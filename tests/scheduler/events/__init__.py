"""Events: who comes, who waits, and what guests are told."""
