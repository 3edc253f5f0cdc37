"""The web chat: our own pages as a channel; `channel` is the front door."""
