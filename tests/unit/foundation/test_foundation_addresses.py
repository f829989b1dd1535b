from ipaddress import ip_address

import pytest

from ltitool.foundation.addresses import check_addresses, is_public, read_url
from ltitool.foundation.errors import FetchBlocked, FetchFailed

# fmt: off
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - it is to be refused, nothing is bound
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1",
    "127.1.2.3", "168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.192", "192.0.2.1",
    "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::169.254.169.254", "::ffff:127.0.0.1",
    "::ffff:93.184.216.34", "::ffff:0:7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::5db8:d822", "64:ff9b:1::1",
    "100::1", "100:0:0:1::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1::1", "2001:2::1",
    "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1111%eth0",
]
# fmt: on

# fmt: off
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
    "198.20.0.0", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888", "2003::1",
    "2606:4700:4700::1111", "2620:4f:7fff::1", "2620:4f:8001::1", "2a00:1450::1", "3ffe::1",
]
# fmt: on


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_next_to_the_denied_ones_is_public(text: str) -> None:
    assert is_public(ip_address(text))


def test_one_bad_address_spoils_the_host() -> None:
    assert [str(found) for found in check_addresses("h.example", ["1.1.1.1", "2606:4700::1"])] == [
        "1.1.1.1",
        "2606:4700::1",
    ]
    for spoiled in (["1.1.1.1", "127.0.0.1"], ["::1", "1.1.1.1"], ["1.1.1.1", "not an address"]):
        with pytest.raises(FetchBlocked) as refused:
            check_addresses("h.example", spoiled)
        assert refused.value.reason == "address"


def test_a_host_without_addresses_failed() -> None:
    with pytest.raises(FetchFailed) as failed:
        check_addresses("h.example", [])
    assert failed.value.reason == "dns"


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://issuer.example", "issuer.example", "/"),
        ("https://issuer.example/", "issuer.example", "/"),
        ("https://issuer.example:443/a", "issuer.example", "/a"),
        ("HTTPS://Issuer.EXAMPLE/A", "issuer.example", "/A"),
        ("https://issuer.example?x=/@:", "issuer.example", "/?x=/@:"),
        ("https://issuer.example/a%2Fb;c?d=e&f[]=g#h", "issuer.example", "/a%2Fb;c?d=e&f[]=g"),
        ("https://xn--bcher-kva.example/a@b", "xn--bcher-kva.example", "/a@b"),
        ("https://1.2.3.issuer.xn--p1ai", "1.2.3.issuer.xn--p1ai", "/"),
    ],
)
def test_urls_that_are_read(url: str, host: str, path: str) -> None:
    target = read_url(url, loopback_http=False)
    assert (target.scheme, target.host, target.port, target.path) == ("https", host, 443, path)
    assert target.authority == host
    assert not target.loopback


LONG_LABEL = "a" * 64

REFUSED = [
    ("", "scheme"),
    ("issuer.example", "scheme"),
    ("//issuer.example", "scheme"),
    ("http://issuer.example/", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://issuer.example/", "scheme"),
    ("https:issuer.example", "scheme"),
    (" https://issuer.example", "scheme"),
    ("https:/\\issuer.example", "scheme"),
    ("https://issuer.example/\r\nHost: x", "url"),
    ("https://issuer.example/a b", "url"),
    ("https://issuer.example\\@127.0.0.1/", "url"),
    ("https://issuer.example/\t", "url"),
    ("https://issuer.example/ñ", "url"),
    ("https://issuer.example/" + "a" * 4096, "url"),
    ("https://bücher.example/", "url"),
    ("https://①②⑦.0.0.1/", "url"),
    ("https://127。0。0。1/", "url"),
    ("https://user@issuer.example/", "userinfo"),
    ("https://user:pass@issuer.example/", "userinfo"),
    ("https://issuer.example@127.0.0.1/", "userinfo"),
    ("https:///path", "host"),
    ("https://", "host"),
    ("https://:443/", "host"),
    ("https://localhost/", "host"),
    ("https://tool.localhost/", "host"),
    ("https://intranet/", "host"),
    ("https://issuer.example./", "host"),
    ("https://issuer..example/", "host"),
    ("https://.issuer.example/", "host"),
    ("https://-issuer.example/", "host"),
    ("https://issuer-.example/", "host"),
    ("https://is_suer.example/", "host"),
    ("https://issuer.example%2e/", "host"),
    ("https://issuer%00.example/", "host"),
    (f"https://{LONG_LABEL}.example/", "host"),
    (f"https://{'a.' * 124}example/", "host"),
    ("https://127.0.0.1/", "host"),
    ("https://93.184.216.34/", "host"),
    ("https://2130706433/", "host"),
    ("https://0x7f.1/", "host"),
    ("https://0x7f000001/", "host"),
    ("https://0177.0.0.1/", "host"),
    ("https://127.1/", "host"),
    ("https://127.0.0.0x1/", "host"),
    ("https://10.0.0.1/", "host"),
    ("https://169.254.169.254/latest", "host"),
    ("https://[::1]/", "host"),
    ("https://[fd00:ec2::254]/", "host"),
    ("https://[2606:4700::1111]/", "host"),
    ("https://[::ffff:127.0.0.1]/", "host"),
    ("https://[fe80::1%25eth0]/", "host"),
    ("https://[::1/", "host"),
    ("https://issuer.example:/", "host"),
    ("https://issuer.example:0/", "host"),
    ("https://issuer.example:0443/", "host"),
    ("https://issuer.example:+443/", "host"),
    ("https://issuer.example:443:443/", "host"),
    ("https://issuer.example:999999/", "host"),
    ("https://issuer.example:99999/", "port"),
    ("https://issuer.example:22/", "port"),
    ("https://issuer.example:80/", "port"),
    ("https://issuer.example:6379/", "port"),
    ("https://issuer.example:8443/", "port"),
]


LOOPBACK = {"https://localhost/", "https://tool.localhost/", "https://127.0.0.1/", "https://[::1]/"}


@pytest.mark.parametrize(
    ("url", "reason", "loopback_http"),
    [(url, reason, False) for url, reason in REFUSED]
    + [(url, reason, True) for url, reason in REFUSED if url not in LOOPBACK],
)
def test_urls_that_are_refused(url: str, reason: str, *, loopback_http: bool) -> None:
    with pytest.raises(FetchBlocked) as refused:
        read_url(url, loopback_http=loopback_http)
    assert (refused.value.code, refused.value.reason) == ("fetch.blocked", reason)


@pytest.mark.parametrize(
    ("url", "host", "port", "authority"),
    [
        ("http://localhost:5000/a", "localhost", 5000, "localhost:5000"),
        ("http://canvas.localhost:5000/a", "canvas.localhost", 5000, "canvas.localhost:5000"),
        ("http://127.0.0.1/a", "127.0.0.1", 80, "127.0.0.1"),
        ("https://127.0.0.1:8443/a", "127.0.0.1", 8443, "127.0.0.1:8443"),
        ("http://[::1]:5000/a", "::1", 5000, "[::1]:5000"),
    ],
)
def test_loopback_only_when_it_is_allowed(url: str, host: str, port: int, authority: str) -> None:
    target = read_url(url, loopback_http=True)
    assert (target.host, target.port, target.path, target.authority) == (host, port, "/a", authority)
    assert target.loopback
    with pytest.raises(FetchBlocked):
        read_url(url, loopback_http=False)
