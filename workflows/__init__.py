"""Temporal workflows: thin shells that wait, ask the rules, record and repeat."""
