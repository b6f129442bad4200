"""What is kept: observations, thumbnails, settings, exports. Knows sqlite3; must not know Qt or torch."""
