"""From prepared pixels to a verdict. Knows torch; must not know Qt or the database."""

import os

# Two torch processes on two cores wait for each other in OpenMP's spin loops: 2,000 ms per inference instead of 7.
# Read once, when torch is imported, so it stands before every import of this package's modules.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
