"""What an auditor who trusts nobody checks by himself, offline, from files."""
