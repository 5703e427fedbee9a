"""What an auditor who trusts nobody checks offline: bundles, the checkpoint log, and what is read from them."""
