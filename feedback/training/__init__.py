"""Making the model of the first look from labelled messages; nothing here runs when the bot runs."""
