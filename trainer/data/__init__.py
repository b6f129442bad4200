"""Photos on disk: finding, auditing, splitting, caching, augmenting. Knows no network."""
