"""Bytes under a key: a folder on one machine, a bucket on many. A key is written once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from ltitool.foundation.errors import ObjectExists, ObjectKeyInvalid, ObjectMissing, StorageUnavailable

# Segments of plain words: none begins with a dot, so that no key leaves the root or hides in it.
KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}(/[a-z0-9][a-z0-9._-]{0,127}){0,7}")


class StoredObjects:
    """Implements `services.ObjectStore` on a folder or a bucket."""

    def __init__(self, backend: LocalStore | S3Store) -> None:
        self._backend = backend

    def put(self, key: str, data: bytes) -> None:
        """Store bytes for good.

        Putting the same bytes again is no error, so that a step which was cut short can be repeated.

        Raises:
            ObjectExists: other bytes are stored under the key.
        """
        checked = _check(key)
        try:
            with _translated(key):
                self._backend.put(checked, data, mode="create", use_multipart=False)
        except ObjectExists:
            if self.get(key) != data:
                raise

    def get(self, key: str) -> bytes:
        checked = _check(key)
        with _translated(key):
            return self._backend.get(checked).bytes().to_bytes()

    def delete(self, key: str) -> None:
        checked = _check(key)
        try:
            with _translated(key):
                self._backend.delete(checked)
        except ObjectMissing:
            return


def open_store(url: str) -> StoredObjects:
    """Open `file:///a/folder` or `s3://bucket/prefix`; a bucket's keys and endpoint come from AWS_…."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return StoredObjects(S3Store.from_url(url))
    if parts.scheme != "file":
        message = f"objects are kept at file:///… or s3://…, not at {parts.scheme}:"
        raise ValueError(message)
    folder = Path(url2pathname(parts.path))
    return StoredObjects(LocalStore(folder, mkdir=True, automatic_cleanup=True))


def _check(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ObjectKeyInvalid(repr(key))
    return key


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except AlreadyExistsError as fault:
        raise ObjectExists(key) from fault
    except (NotFoundError, FileNotFoundError) as fault:
        raise ObjectMissing(key) from fault
    except BaseError as fault:
        raise StorageUnavailable(str(fault)) from fault
