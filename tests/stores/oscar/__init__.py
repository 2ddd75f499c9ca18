"""A real django-oscar shop, in this process."""

from __future__ import annotations

import os

HOST = f"django-oscar 4.2, {'PostgreSQL' if os.environ.get('OSCAR_TEST_POSTGRES') else 'SQLite'}"
"""As the table of hosts has it."""
