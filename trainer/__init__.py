"""The trainer: from folders of photos to a bundle. Imports `fieldguide.core` and `fieldguide.inference`, never Qt."""
