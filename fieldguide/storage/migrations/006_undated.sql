-- A find without a date stood on the day of its storing. Its sort key is on no day now: its number minus one day
-- (86,400 seconds times 2^24), below 0.

UPDATE search SET rowid = (SELECT id - 1449551462400 FROM observation WHERE sort_key = search.rowid)
    WHERE rowid IN (SELECT sort_key FROM observation WHERE observed_at IS NULL AND deleted_at IS NULL);
UPDATE observation SET sort_key = id - 1449551462400 WHERE observed_at IS NULL;
