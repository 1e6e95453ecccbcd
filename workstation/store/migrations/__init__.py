"""Schema of the database, one module a step (Alembic)."""
