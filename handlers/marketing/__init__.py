"""What marketers can say and tap: events and broadcasts."""
