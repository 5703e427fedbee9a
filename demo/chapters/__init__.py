"""Pieces that many lives have in common, each a short course of its own, from a step of the lifecycle to a later one."""
