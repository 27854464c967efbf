"""Insights: analyses of code and documents."""
