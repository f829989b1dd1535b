"""Who is here: organisations, people, the ways they are recognised, and their sessions."""
