"""`scene demo`: the whole lives of real scenes, played in seconds on a real Temporal server."""
