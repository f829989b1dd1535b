"""How large photos may be, and in which sizes they are kept. The decoder's process reads this too."""

SIZES = (2048, 480)  # longer side in pixels
MAX_JPEG_PIXELS = 120_000_000  # decoded by draft, so that the whole picture is never in memory
MAX_OTHER_PIXELS = 64_000_000
MAX_FILE_BYTES = 40 * 2**20
FORM_BYTES = 64 * 2**10  # of a request, for what is not the photo


def largest_file(max_upload_bytes: int) -> int:
    """Say how large a photo may be: what the decoder takes, and what fits into a request."""
    return min(MAX_FILE_BYTES, max_upload_bytes - FORM_BYTES)
