"""From prepared pixels to a verdict. Knows torch; must not know Qt or the database."""
