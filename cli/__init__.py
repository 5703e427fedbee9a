"""The command line, one file a group of commands: each parses, calls one thing below, and prints."""
