"""Events: what is planned, who comes, who waits for a place, and what guests are told."""
