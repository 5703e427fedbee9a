"""Which scenes look alike, for a person to decide. No rule asks this: what is proposed may change with the words."""
