"""What a company defines of its outreach: what each kind may hold, and where it is kept."""
