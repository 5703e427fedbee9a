"""What an auditor holds in hand: bundles that prove a scene's life without our servers, and what is read from them."""
