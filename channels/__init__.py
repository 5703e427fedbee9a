"""The ways to a recipient, each an adapter behind `activities.delivery.Channel`; and how a letter is written."""
