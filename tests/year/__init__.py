"""A year of a company with some thousand customers, played in a minute, and looked at afterwards."""
