-- Lists by stars, with counts and the worst danger from indexes alone.

DROP INDEX observation_newest;
CREATE INDEX observation_newest ON observation (sort_key, danger, called, place, stars) WHERE deleted_at IS NULL;
CREATE INDEX observation_by_stars ON observation (stars, sort_key, danger) WHERE deleted_at IS NULL;
