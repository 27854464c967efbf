"""Settings, errors and middleware: what every other room may know."""
