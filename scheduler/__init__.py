"""What we say first, and when: return visits, festivals, events, campaigns, delivery."""
