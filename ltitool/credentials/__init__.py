"""Awards: reserved, signed, checked by an independent path, released; and taken back when they must be."""
