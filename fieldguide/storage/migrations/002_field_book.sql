-- The field book: a bin, stars, redo, jobs that survive, photos known by their content, places, saved filters.

-- deleted_at: in the bin since then. The other four are derived, written with the search table: what the find is called
-- (for sorting), how severe today's danger is, the nearest place by name.
ALTER TABLE observation ADD COLUMN deleted_at TEXT;
ALTER TABLE observation ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation ADD COLUMN called TEXT NOT NULL DEFAULT '';
ALTER TABLE observation ADD COLUMN danger INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX observation_newest ON observation (sort_key, danger) WHERE deleted_at IS NULL;
CREATE INDEX observation_by_name ON observation (called, sort_key DESC) WHERE deleted_at IS NULL;
CREATE INDEX observation_by_danger ON observation (danger, sort_key) WHERE deleted_at IS NULL;
CREATE INDEX observation_by_place ON observation (place, sort_key DESC) WHERE deleted_at IS NULL;
CREATE INDEX observation_on_map ON observation (latitude, longitude, danger, sort_key)
    WHERE deleted_at IS NULL AND latitude IS NOT NULL;
CREATE INDEX observation_in_bin ON observation (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX tag_by_name ON tag (tag);

-- Size of the file; NULL: stored before sizes were kept. Only a file of a size that is here can be known already.
ALTER TABLE photo ADD COLUMN bytes INTEGER;
CREATE INDEX photo_by_bytes ON photo (bytes);

-- called: every name, old and common, of what the find is called; names: those of the other possibilities.
ALTER TABLE search RENAME TO search_before;
CREATE VIRTUAL TABLE search USING fts5 (
    called, names, notes, tags, files, facets,
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '1 2 3'
);
INSERT INTO search (rowid, called, names, notes, tags, files, facets)
    SELECT rowid, '', names, notes, '', '', facets FROM search_before;
DROP TABLE search_before;
UPDATE observation SET joined_guide = NULL;

-- undone: the step is taken back and `after` holds what it had made, for doing it again. reversed: the step took another
-- one back for good, because something new was done after it.
ALTER TABLE step ADD COLUMN made_at TEXT NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN reversed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step_before ADD COLUMN after TEXT;
CREATE INDEX step_before_by_find ON step_before (observation_id);

-- A job: finds that were asked for together. state: open, paused, done, cancelled.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    made_at TEXT NOT NULL,
    state TEXT NOT NULL
);
-- state: waiting, stored (as observation_id), known (already was in the book, as observation_id), unread.
CREATE TABLE job_find (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    observation_id INTEGER,
    PRIMARY KEY (job_id, position)
) WITHOUT ROWID;
CREATE TABLE job_photo (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    place INTEGER NOT NULL,
    path NOT NULL,
    PRIMARY KEY (job_id, position, place)
) WITHOUT ROWID;

CREATE TABLE saved_filter (
    name TEXT PRIMARY KEY,
    filter TEXT NOT NULL
) WITHOUT ROWID;

-- Places with a name of one's own; radius in kilometres.
CREATE TABLE own_place (
    name TEXT PRIMARY KEY,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    radius REAL NOT NULL
) WITHOUT ROWID;
