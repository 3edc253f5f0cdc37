"""The libraries and habits that Rapport is measured beside, each in a script of its own."""
