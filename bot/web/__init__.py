"""The program's own HTTP server: health, webhooks and the chat pages."""
