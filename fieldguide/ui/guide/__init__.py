"""The page Guide: every taxon by any name, offline; its danger, look-alikes, season, sources; other guides."""
