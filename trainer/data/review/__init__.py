"""Going through doubtful photos by hand, in a page of the local browser. Decisions are a list; no photo is touched."""
