"""Pieces that many lives have in common, each from one step of the lifecycle to a later one."""
