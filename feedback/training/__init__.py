"""Making the model of the first look from labelled messages; the night's learning uses parts of it."""
