"""From JSON text to the bytes that are hashed: strict reading, pinned contexts, safe mode, RDFC-1.0."""
