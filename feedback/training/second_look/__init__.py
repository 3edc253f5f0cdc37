"""Making the second look's file: MiniLM fine-tuned, made narrower, with fewer word pieces, in bytes."""
