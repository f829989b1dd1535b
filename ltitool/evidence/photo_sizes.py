"""How large photos may be, and in which sizes they are kept. The decoder's process reads this too."""

SIZES = (2048, 480)  # longer side in pixels
MAX_JPEG_PIXELS = 120_000_000  # decoded by draft, so that the whole picture is never in memory
MAX_OTHER_PIXELS = 64_000_000
MAX_FILE_BYTES = 40 * 2**20
