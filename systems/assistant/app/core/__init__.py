"""Settings, permissions and plans: plain data that everything above reads."""
