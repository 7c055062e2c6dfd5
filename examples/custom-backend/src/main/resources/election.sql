-- Run once, by whoever may. The candidates' user needs: GRANT SELECT, INSERT, UPDATE ON election TO candidate,
-- and on PostgreSQL: GRANT USAGE ON SEQUENCE election_revision TO candidate.

-- One sequence for all rows, so that revisions grow on over a row that was deleted.
CREATE SEQUENCE IF NOT EXISTS election_revision;

CREATE TABLE IF NOT EXISTS election (
    name     VARCHAR(200) PRIMARY KEY,
    revision BIGINT DEFAULT nextval('election_revision') NOT NULL,
    record   VARCHAR(32768) -- null where there is none; whatever fits in can be read again
);
