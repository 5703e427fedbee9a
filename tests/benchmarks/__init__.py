"""What a decision costs, against a bare workflow and against the obvious design: `make bench`."""
