"""The commands. Each module is a command or a group of them, and imports lazily what is slow."""
