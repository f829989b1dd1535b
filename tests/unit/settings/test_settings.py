"""Settings: every fault at once, and plain http for loopback alone."""

import base64
from pathlib import Path

import pytest

from ltitool.settings import SettingsInvalid, is_loopback, load_settings

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "LTITOOL_PUBLIC_URL": "https://tool.example",
    "LTITOOL_DATABASE_URL": "sqlite:///tool.db",
    "LTITOOL_SECRET_KEY": KEY,
    "LTITOOL_KEY_ENCRYPTION_KEY": KEY,
}


def test_good_settings_are_read() -> None:
    settings = load_settings({**GOOD, "LTITOOL_PROXIES": "1", "LTITOOL_DATA_DIR": "/srv/data"})
    assert settings.public_url == "https://tool.example"
    assert settings.host == "tool.example"
    assert (settings.proxies, settings.data_dir) == (1, Path("/srv/data"))
    assert settings.loopback_http is False


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"LTITOOL_PUBLIC_URL": ""}, "LTITOOL_PUBLIC_URL is missing"),
        ({"LTITOOL_PUBLIC_URL": "http://tool.example"}, "must be https"),
        ({"LTITOOL_PUBLIC_URL": "http://localhost:8000"}, "must be https"),
        ({"LTITOOL_PUBLIC_URL": "https://tool.example/path"}, "must be an origin"),
        ({"LTITOOL_PUBLIC_URL": "ftp://tool.example"}, "must be an origin"),
        ({"LTITOOL_PUBLIC_URL": "https://Tool.example"}, "must be an origin"),
        ({"LTITOOL_PUBLIC_URL": "https://tool.example:443"}, "must be an origin"),
        ({"LTITOOL_PUBLIC_URL": "https://tool.example?x=1"}, "must be an origin"),
        ({"LTITOOL_PUBLIC_URL": "https://u:p@tool.example"}, "must be an origin"),
        ({"LTITOOL_PUBLIC_URL": "https://tool.example:99999"}, "must be an origin"),
        ({"LTITOOL_DATABASE_URL": " "}, "LTITOOL_DATABASE_URL is missing"),
        ({"LTITOOL_SECRET_KEY": base64.b64encode(b"short").decode()}, "32 bytes, and has 5"),
        ({"LTITOOL_KEY_ENCRYPTION_KEY": "not base64!"}, "32 bytes, and has 0"),
        ({"LTITOOL_LOOPBACK_HTTP": "true"}, "must be yes or no"),
        ({"LTITOOL_LOOPBACK_HTTP": "yes"}, "is only for localhost"),
        ({"LTITOOL_OBJECTS_URL": "/srv/photos"}, "must be s3://bucket"),
        ({"LTITOOL_MAX_UPLOAD_BYTES": "1048575"}, "must be at least 1048576"),
        ({"LTITOOL_PROXIES": "-1"}, "must be a whole number"),
        ({"LTITOOL_CLOCK_FILE": "clock.txt"}, "is only for the demo"),
    ],
)
def test_a_fault_is_named(changed: dict[str, str], fault: str) -> None:
    load_settings(GOOD)  # the control
    with pytest.raises(SettingsInvalid) as refused:
        load_settings({**GOOD, **changed})
    assert len(refused.value.faults) == 1
    assert fault in refused.value.faults[0]


def test_all_faults_are_listed_together() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings({})
    assert len(refused.value.faults) == 4


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "tool.localhost", "::1"])
def test_loopback_hosts_may_use_plain_http(host: str, caplog: pytest.LogCaptureFixture) -> None:
    assert is_loopback(host)
    where = f"http://[{host}]:8000" if ":" in host else f"http://{host}:8000"
    load_settings({**GOOD, "LTITOOL_PUBLIC_URL": where, "LTITOOL_LOOPBACK_HTTP": "yes"})
    assert "demo and tests only" in caplog.text


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost.evil.example", "0.0.0.0", "tool.example"])  # noqa: S104 - an address to refuse
def test_other_hosts_may_not(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(SettingsInvalid):
        load_settings({**GOOD, "LTITOOL_PUBLIC_URL": f"http://{host}", "LTITOOL_LOOPBACK_HTTP": "yes"})
