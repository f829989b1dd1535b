"""Links to pages of other features: a page that no feature has registered gets none."""

from flask import current_app, url_for


def optional_url(endpoint: str, **values: object) -> str | None:
    """Give the address of an endpoint, or None where no feature has registered it."""
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **values)  # type: ignore[arg-type] # Flask takes any value that its converters know
