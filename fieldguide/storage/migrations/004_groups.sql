-- Lists in groups: each group's count and worst danger is read from an index alone, without the wide rows behind it.

DROP INDEX observation_newest;
DROP INDEX observation_by_name;
DROP INDEX observation_by_place;
CREATE INDEX observation_newest ON observation (sort_key, danger, called, place) WHERE deleted_at IS NULL;
CREATE INDEX observation_by_name ON observation (called, sort_key DESC, danger) WHERE deleted_at IS NULL;
CREATE INDEX observation_by_place ON observation (place, sort_key DESC, danger) WHERE deleted_at IS NULL;
