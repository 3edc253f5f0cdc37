"""What a customer can say and tap."""
