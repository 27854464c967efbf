"""Tests of the assistant, on real services."""
