"""Speed, memory and accuracy, each against a named peer; run by hand."""
