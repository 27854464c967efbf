"""The backend of a coding assistant: users, metered chat completions, conversations."""
