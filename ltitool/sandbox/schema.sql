-- Everything the practice LMS remembers. Times are UTC, ISO 8601 with microseconds, so that text order is time order.
CREATE TABLE IF NOT EXISTS people (
    person_key TEXT PRIMARY KEY,
    sub TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    email TEXT NOT NULL,
    position TEXT NOT NULL,
    school TEXT NOT NULL,
    locale TEXT NOT NULL,
    administrator INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS courses (
    course_id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    title TEXT NOT NULL,
    term TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS enrolments (
    course_id TEXT NOT NULL REFERENCES courses ON DELETE CASCADE,
    person_key TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    role TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (course_id, person_key)
) STRICT;

CREATE TABLE IF NOT EXISTS activities (
    activity_id TEXT PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses ON DELETE CASCADE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    custom TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS line_items (
    sequence INTEGER PRIMARY KEY,
    line_item_id TEXT NOT NULL UNIQUE,
    course_id TEXT NOT NULL REFERENCES courses ON DELETE CASCADE,
    activity_id TEXT REFERENCES activities ON DELETE CASCADE,
    label TEXT NOT NULL,
    score_maximum REAL NOT NULL CHECK (score_maximum > 0),
    resource_id TEXT,
    tag TEXT,
    starts_at TEXT,
    ends_at TEXT,
    owner TEXT NOT NULL CHECK (owner IN ('platform', 'tool'))
) STRICT;

-- The newest score of each learner for each line item: a newer one replaces it whole.
CREATE TABLE IF NOT EXISTS scores (
    sequence INTEGER PRIMARY KEY,
    line_item_id TEXT NOT NULL REFERENCES line_items (line_item_id) ON DELETE CASCADE,
    person_key TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    score_given REAL,
    score_maximum REAL,
    comment TEXT,
    activity_progress TEXT NOT NULL,
    grading_progress TEXT NOT NULL,
    scored_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (line_item_id, person_key)
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
    session_hash TEXT PRIMARY KEY,
    person_key TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    started_at TEXT NOT NULL
) STRICT;

-- One row burns one message hint or one client assertion for good.
CREATE TABLE IF NOT EXISTS spent (
    kind TEXT NOT NULL,
    token_id TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (kind, token_id)
) STRICT;

CREATE TABLE IF NOT EXISTS access_tokens (
    token_hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- Tools that registered themselves. Launches go to the active one; without any, to the seed's.
CREATE TABLE IF NOT EXISTS registrations (
    client_id TEXT PRIMARY KEY,
    deployment_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    addresses TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Everything that was posted as a score, refused or not: what a tool's developer wants to see.
CREATE TABLE IF NOT EXISTS score_events (
    sequence INTEGER PRIMARY KEY,
    course_id TEXT NOT NULL,
    line_item_id TEXT NOT NULL,
    label TEXT NOT NULL,
    sub TEXT NOT NULL,
    score_given REAL,
    score_maximum REAL,
    comment TEXT,
    activity_progress TEXT NOT NULL,
    grading_progress TEXT NOT NULL,
    scored_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS score_events_of_a_learner ON score_events (line_item_id, sub);

-- Who is enrolled but not there: inactive is still listed, removed is not.
CREATE TABLE IF NOT EXISTS absences (
    course_id TEXT NOT NULL REFERENCES courses ON DELETE CASCADE,
    person_key TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('inactive', 'removed')),
    PRIMARY KEY (course_id, person_key)
) STRICT;

CREATE TABLE IF NOT EXISTS groups (
    group_id TEXT PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses ON DELETE CASCADE,
    name TEXT NOT NULL,
    set_id TEXT NOT NULL,
    set_name TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS group_members (
    group_id TEXT NOT NULL REFERENCES groups ON DELETE CASCADE,
    person_key TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    PRIMARY KEY (group_id, person_key)
) STRICT;

-- Where a tool wants each kind of notice sent, and what became of those that were sent: none is sent twice.
CREATE TABLE IF NOT EXISTS notice_handlers (
    deployment_id TEXT NOT NULL,
    notice_type TEXT NOT NULL,
    handler TEXT NOT NULL,
    PRIMARY KEY (deployment_id, notice_type)
) STRICT;

CREATE TABLE IF NOT EXISTS sent_notices (
    notice_id TEXT PRIMARY KEY,
    notice_type TEXT NOT NULL,
    handler TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;

-- What a course was copied from, the nearest first.
CREATE TABLE IF NOT EXISTS course_origins (
    course_id TEXT NOT NULL REFERENCES courses ON DELETE CASCADE,
    origin_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (course_id, origin_id)
) STRICT;
