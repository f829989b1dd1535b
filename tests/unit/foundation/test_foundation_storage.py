import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from obstore.store import S3Store

from ltitool.foundation.errors import ObjectExists, ObjectKeyInvalid, ObjectMissing, StorageUnavailable
from ltitool.foundation.storage import StoredObjects, open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "the objects"


@pytest.fixture
def store(folder: Path) -> StoredObjects:
    return open_store(folder.as_uri())


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.s3)])
def any_store(request: pytest.FixtureRequest, folder: Path) -> StoredObjects:
    if request.param == "folder":
        return open_store(folder.as_uri())
    return open_store(f"{request.getfixturevalue('bucket_url')}/{uuid.uuid4().hex}")


def test_what_is_put_is_there_for_another_process(store: StoredObjects, folder: Path) -> None:
    store.put("photos/ab/original.jpeg", b"\x00bytes\xff")
    assert open_store(folder.as_uri()).get("photos/ab/original.jpeg") == b"\x00bytes\xff"
    assert (folder / "photos/ab/original.jpeg").read_bytes() == b"\x00bytes\xff"


def test_a_key_is_written_once(any_store: StoredObjects) -> None:
    any_store.put("a", b"first")
    any_store.put("a", b"first")
    with pytest.raises(ObjectExists) as refused:
        any_store.put("a", b"second")
    assert refused.value.code == "storage.exists"
    assert any_store.get("a") == b"first"


def test_of_many_writers_one_wins(any_store: StoredObjects) -> None:
    def put(number: int) -> int | None:
        try:
            any_store.put("contested", b"%d" % number)
        except ObjectExists:
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(put, range(16)) if number is not None]
    assert [b"%d" % winner for winner in winners] == [any_store.get("contested")]


def test_what_was_never_put_or_was_deleted_is_missing(any_store: StoredObjects) -> None:
    any_store.put("a/b", b"x")
    any_store.delete("a/b")
    any_store.delete("a/b")
    for key in ("a/b", "never"):
        with pytest.raises(ObjectMissing) as refused:
            any_store.get(key)
        assert refused.value.code == "storage.missing"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        ".hidden",
        "a/.hidden",
        "A",
        "a b",
        "a\\b",
        "a\n",
        "a\0",
        "ñ",
        "a#1",
        "%2e%2e/a",
        "a" * 129,
        "/".join("abcdefghi"),
    ],
)
def test_a_key_that_could_mean_something_else(store: StoredObjects, key: str) -> None:
    for use in (store.get, store.delete, lambda key: store.put(key, b"")):
        with pytest.raises(ObjectKeyInvalid) as refused:
            use(key)
        assert refused.value.code == "storage.key-invalid"


def test_the_longest_key(store: StoredObjects) -> None:
    key = "/".join(["a" * 128] * 8)
    store.put(key, b"x")
    assert store.get(key) == b"x"


def test_a_folder_in_the_place_of_an_object(store: StoredObjects, folder: Path) -> None:
    (folder / "taken").mkdir()
    with pytest.raises((StorageUnavailable, ObjectMissing)):
        store.get("taken")


def test_only_folders_and_buckets(folder: Path) -> None:
    with pytest.raises(ValueError, match="ftp"):
        open_store("ftp://host/folder")
    assert not folder.exists()


def test_a_bucket_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": endpoint,
        }.items():
            monkeypatch.setenv(name, value)
        store = open_store("s3://photos/prefix")
        assert isinstance(store._backend, S3Store)
        store._backend = S3Store.from_url(
            "s3://photos/prefix", client_options={"allow_http": True}, retry_config={"max_retries": 0}
        )
        with pytest.raises(StorageUnavailable) as failed:
            store.get("a")
    assert failed.value.code == "storage.unavailable"
