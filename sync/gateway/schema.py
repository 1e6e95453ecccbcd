"""The office's tables, in words both engines understand; a version is added at the end and never altered.

Times of expiry are Unix seconds; times that travel are RFC 3339 text. `window` is a word of PostgreSQL's
grammar, so it stands in quotes everywhere.
"""

from __future__ import annotations

FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE street (code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
CREATE TABLE "window" (
    window_id TEXT PRIMARY KEY, name TEXT NOT NULL, street TEXT NOT NULL, street_name TEXT NOT NULL,
    public_key TEXT NOT NULL, key_id TEXT NOT NULL, number_prefix TEXT NOT NULL UNIQUE,
    enrolled_at TEXT NOT NULL, revoked_at TEXT);
CREATE TABLE code (
    code_hash TEXT PRIMARY KEY, street TEXT NOT NULL, street_name TEXT NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL, window_id TEXT REFERENCES "window");
CREATE TABLE token (
    token_hash TEXT PRIMARY KEY, window_id TEXT NOT NULL REFERENCES "window",
    expires_at DOUBLE PRECISION NOT NULL);
CREATE TABLE assertion (
    window_id TEXT NOT NULL REFERENCES "window", jti TEXT NOT NULL, expires_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (window_id, jti));
CREATE TABLE bundle (
    serial BIGINT PRIMARY KEY, bundle_id TEXT NOT NULL UNIQUE, window_id TEXT NOT NULL REFERENCES "window",
    kind TEXT NOT NULL, subject TEXT NOT NULL, version BIGINT NOT NULL, supersedes TEXT,
    manifest_sha256 TEXT NOT NULL, manifest TEXT NOT NULL, receipt TEXT NOT NULL, received_at TEXT NOT NULL,
    state TEXT NOT NULL);
CREATE UNIQUE INDEX bundle_successor ON bundle (window_id, supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX bundle_hash ON bundle (window_id, manifest_sha256);
CREATE INDEX bundle_subject ON bundle (subject, kind);
CREATE TABLE conflict (
    bundle_id TEXT NOT NULL, window_id TEXT NOT NULL REFERENCES "window", manifest_sha256 TEXT NOT NULL,
    manifest TEXT NOT NULL, received_at TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (bundle_id, window_id, manifest_sha256));
CREATE TABLE matter (
    subject TEXT PRIMARY KEY, kind TEXT NOT NULL, window_id TEXT NOT NULL REFERENCES "window",
    home_street TEXT NOT NULL, bundle_id TEXT NOT NULL REFERENCES bundle (bundle_id),
    version BIGINT NOT NULL, state TEXT NOT NULL, item TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE TABLE feed (
    window_id TEXT NOT NULL REFERENCES "window", position BIGINT NOT NULL, subject TEXT NOT NULL,
    kind TEXT NOT NULL, change TEXT NOT NULL, PRIMARY KEY (window_id, position));
CREATE INDEX feed_subject ON feed (subject, kind);
"""

SECOND = """
CREATE INDEX token_window ON token (window_id, expires_at);
CREATE INDEX bundle_state ON bundle (window_id, state);
CREATE INDEX matter_state ON matter (state);
"""

THIRD = """
CREATE TABLE pace (
    window_id TEXT PRIMARY KEY REFERENCES "window", minute BIGINT NOT NULL, calls BIGINT NOT NULL,
    pages BIGINT NOT NULL);
"""

FOURTH = """
ALTER TABLE matter ADD COLUMN due_on TEXT NOT NULL DEFAULT '';
ALTER TABLE matter ADD COLUMN due_order TEXT NOT NULL DEFAULT '';
UPDATE matter SET due_order = '2 ' || received_at;
CREATE INDEX matter_due ON matter (kind, due_order, subject);
CREATE TABLE reviewer (
    reviewer_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, role TEXT NOT NULL,
    password TEXT NOT NULL, code_hash TEXT NOT NULL, code_expires_at DOUBLE PRECISION NOT NULL,
    failures BIGINT NOT NULL, locked_until DOUBLE PRECISION NOT NULL, created_at TEXT NOT NULL,
    disabled_at TEXT);
CREATE TABLE reviewer_street (
    reviewer_id TEXT NOT NULL REFERENCES reviewer, street TEXT NOT NULL, PRIMARY KEY (reviewer_id, street));
CREATE TABLE desk_session (
    session_hash TEXT PRIMARY KEY, reviewer_id TEXT NOT NULL REFERENCES reviewer, csrf TEXT NOT NULL,
    began_at DOUBLE PRECISION NOT NULL, seen_at DOUBLE PRECISION NOT NULL);
CREATE TABLE desk_look (
    look_id TEXT PRIMARY KEY, at TEXT NOT NULL, reviewer_id TEXT NOT NULL, subject TEXT NOT NULL,
    page TEXT NOT NULL);
CREATE INDEX desk_look_subject ON desk_look (subject, at)
"""

FIFTH = """
CREATE TABLE anchor (
    window_id TEXT NOT NULL REFERENCES "window", seq BIGINT NOT NULL, hash TEXT NOT NULL,
    receipt TEXT NOT NULL, PRIMARY KEY (window_id, seq));
"""

SIXTH = """
CREATE TABLE archive_person (
    person TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (person, subject));
CREATE TABLE archive_look (
    look_id TEXT PRIMARY KEY, at TEXT NOT NULL, window_id TEXT NOT NULL REFERENCES "window",
    case_number TEXT NOT NULL, item TEXT NOT NULL, clerk TEXT NOT NULL, person TEXT NOT NULL,
    what TEXT NOT NULL);
CREATE INDEX archive_look_person ON archive_look (person, at);
"""

# A LIKE would need a per cent sign, which one of the drivers takes for a place of a parameter.
_DECIDED = """
UPDATE matter SET outcome = '{outcome}' WHERE state IN ('DECIDED', 'DELIVERED') AND EXISTS
    (SELECT 1 FROM feed WHERE feed.window_id = matter.window_id AND feed.subject = matter.subject
    AND feed.kind = 'decided' AND replace(feed.change, '"reason":"{word}', '') <> feed.change);
"""
SEVENTH = (
    "ALTER TABLE matter ADD COLUMN outcome TEXT NOT NULL DEFAULT '';"
    + _DECIDED.format(outcome="granted", word="准予")
    + _DECIDED.format(outcome="denied", word="不予批准")
)
"""Before, only the review page said how it decided, as the first word of the reason; else nobody knows."""

EIGHTH = """
ALTER TABLE matter ADD COLUMN stopped TEXT NOT NULL DEFAULT '';
UPDATE matter SET stopped = '特别程序' WHERE
    (SELECT max(position) FROM feed WHERE feed.window_id = matter.window_id AND feed.subject = matter.subject
    AND feed.kind = 'special_started') >
    coalesce((SELECT max(position) FROM feed WHERE feed.window_id = matter.window_id
    AND feed.subject = matter.subject AND feed.kind = 'special_ended'), 0);
"""

VERSIONS = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH)


def statements_after(version: int) -> list[str]:
    """Return what brings tables of `version` (0: none) up to date."""
    return [
        statement for script in VERSIONS[version:] for statement in script.strip().rstrip(";").split(";\n")
    ]
