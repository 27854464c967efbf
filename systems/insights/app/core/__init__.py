"""Settings, words and permissions: plain data that everything above reads."""
