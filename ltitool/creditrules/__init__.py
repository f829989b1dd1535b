"""State rule packs: pure data that turns hours and dates into a state's own unit."""
