"""Does it work? Who gets which variant, who gets nothing for comparison, and what came of it."""
