"""Small real stores for tests: a SQLite file each, no mocks."""
