"""Alembic's side of the ledger: how each version is made from the one before."""
