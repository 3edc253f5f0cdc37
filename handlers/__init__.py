"""What one message, button or command does, by who is speaking."""
