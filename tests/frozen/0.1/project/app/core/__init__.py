"""Settings and permissions: plain data that everything above reads."""
