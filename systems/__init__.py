"""The enterprise systems: one folder each, found by the registry."""
