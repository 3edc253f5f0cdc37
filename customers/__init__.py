"""Who the customers are: profile, identities on each app, consent, language and place."""
