"""The checks that `cli.doctor` puts together, by what they look at."""
