"""The bundle and nothing else: the exported network, its labels, and what of a run travels in it."""
