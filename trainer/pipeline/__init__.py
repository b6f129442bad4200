"""A run from folders of photos to a bundle: steps that the run folder remembers."""
