-- What the hand found of a find: one answer per character. given: its values, parted by a bar; empty: nobody could tell.
-- waits: the answer comes later. guide_version: of the guide that asked.
CREATE TABLE answer (
    observation_id INTEGER NOT NULL REFERENCES observation (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    character TEXT NOT NULL,
    given TEXT NOT NULL,
    dug_out INTEGER NOT NULL,
    waits INTEGER NOT NULL,
    answered_at TEXT,
    answered_by TEXT NOT NULL,
    guide_version TEXT NOT NULL,
    PRIMARY KEY (observation_id, character)
) WITHOUT ROWID;
