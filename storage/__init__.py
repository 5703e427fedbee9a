"""The one write transaction, reads for lists, migrations."""
