"""The backend: HTTP above, rules in the middle, tables below."""
