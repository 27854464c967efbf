"""The API of a developer CLI: accounts, API keys, prepaid credits, artifacts."""
