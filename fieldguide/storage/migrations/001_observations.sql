-- The first shape of the database. Each file here is one migration, run whole or not at all by storage.database.

-- One row: what marks this library apart from every other (it goes into exported identifiers).
CREATE TABLE library (
    uuid TEXT NOT NULL
);

-- A name with its place in the tree, written once however many candidates name it. '' is: nobody told.
CREATE TABLE taxon (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    rank TEXT NOT NULL,
    genus TEXT NOT NULL,
    family TEXT NOT NULL,
    UNIQUE (name, rank, genus, family)
);

-- AUTOINCREMENT: the number of a deleted find is never given to another, so that its deletion can be undone.
CREATE TABLE observation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Seconds of observed_at (else created_at) since the year 1, times 2^24, plus the id: newest first is descending,
    -- unique, and at the same time the rowid of this find in the search table below.
    sort_key INTEGER NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    observed_at TEXT,
    latitude REAL,
    longitude REAL,
    notes TEXT NOT NULL DEFAULT '',
    verified_taxon INTEGER REFERENCES taxon (id),
    -- Version of the guide whose names and dangers the search table holds for this find; NULL: none.
    joined_guide TEXT
);
CREATE INDEX observation_by_guide ON observation (joined_guide);

CREATE TABLE photo (
    observation_id INTEGER NOT NULL REFERENCES observation (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path NOT NULL, -- TEXT, or BLOB for a file name that is no UTF-8
    sha256 TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    taken_at TEXT,
    latitude REAL,
    longitude REAL,
    PRIMARY KEY (observation_id, position)
) WITHOUT ROWID;
CREATE INDEX photo_by_sha256 ON photo (sha256);

-- Files of the find that could not be read: a code of core.errors and the facts of its sentence as JSON.
CREATE TABLE unreadable (
    observation_id INTEGER NOT NULL REFERENCES observation (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path NOT NULL,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (observation_id, position)
) WITHOUT ROWID;

CREATE TABLE tag (
    observation_id INTEGER NOT NULL REFERENCES observation (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (observation_id, tag)
) WITHOUT ROWID;

-- What a model said, as it said it. The last position is the answer that is shown; earlier ones are kept.
CREATE TABLE identification (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- for the same reason as above
    observation_id INTEGER NOT NULL REFERENCES observation (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    model_id TEXT NOT NULL,
    model_name TEXT NOT NULL,
    model_version TEXT NOT NULL,
    guide_version TEXT NOT NULL,
    verdict_kind TEXT NOT NULL,
    verdict_taxon INTEGER REFERENCES taxon (id),
    verdict_reason TEXT NOT NULL,
    verdict_probability REAL NOT NULL,
    alarm_level TEXT NOT NULL,
    alarm_probability REAL NOT NULL,
    alarm_deadly REAL NOT NULL,
    alarm_harmful REAL NOT NULL,
    alarm_raised INTEGER NOT NULL,
    coverage REAL,
    unknown_score REAL NOT NULL,
    weighed INTEGER NOT NULL,
    UNIQUE (observation_id, position)
);

-- role: 'best' (the five), 'plausible' (the prediction set), 'alarm' (what carries the danger).
CREATE TABLE candidate (
    identification_id INTEGER NOT NULL REFERENCES identification (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    position INTEGER NOT NULL,
    taxon_id INTEGER NOT NULL REFERENCES taxon (id),
    probability REAL NOT NULL,
    danger TEXT NOT NULL,
    PRIMARY KEY (identification_id, role, position)
) WITHOUT ROWID;

-- Search, derived from the tables above and written again whenever they change. rowid is observation.sort_key.
-- names: every name, old and common, of the verdict, the human's label and the candidates; facets: words to filter by.
CREATE VIRTUAL TABLE search USING fts5 (
    names, notes, facets,
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '1 2 3'
);

-- How the touched finds looked before each step that changed stored ones; NULL: the find was not there before.
CREATE TABLE step (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL
);
CREATE TABLE step_before (
    step_id INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,
    observation_id INTEGER NOT NULL,
    rows TEXT,
    PRIMARY KEY (step_id, observation_id)
) WITHOUT ROWID;
