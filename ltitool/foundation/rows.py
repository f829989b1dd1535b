"""Put a row in once, however many ask for it at the same moment."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.foundation.db import Base


def add_once(session: Session, row: Base) -> bool:
    """Insert a row now; False if its unique key was taken meanwhile, and nothing else is undone."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
