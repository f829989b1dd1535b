"""What `make conformance` tells people; the suites themselves are other people's and run by hand."""

import json
from pathlib import Path

import pytest

from build_support.w3c_suites import HELPERS, SUITES, Outcome, configure, folders, page


def laid_out(below: Path) -> None:
    for name in (*HELPERS, *(suite.package for suite in SUITES)):
        folder = below / f"w3c+{name}"
        folder.mkdir()
        (folder / "package.json").write_text(json.dumps({"name": name}))


def test_the_suites_are_found_by_the_names_of_their_packages(tmp_path: Path) -> None:
    laid_out(tmp_path)
    assert folders(tmp_path)["vc-di-eddsa-test-suite"] == tmp_path / "w3c+vc-di-eddsa-test-suite"
    (tmp_path / "w3c+vc-di-eddsa-test-suite" / "package.json").unlink()
    with pytest.raises(SystemExit, match="vc-di-eddsa-test-suite; see docs/how-to/run-the-w3c-suites"):
        folders(tmp_path)


def test_a_suite_asks_our_adapter_and_no_other(tmp_path: Path) -> None:
    configure(tmp_path, SUITES[2], "did:key:z6Mk", "https://127.0.0.1:1")
    text = (tmp_path / "localConfig.cjs").read_text()
    told = json.loads(text.removeprefix("module.exports = ").strip().removesuffix(";"))
    [ours] = told["implementations"]
    assert told["settings"]["testAllImplementations"] is False
    assert ours["issuers"][0]["endpoint"] == "https://127.0.0.1:1/status/credentials/issue"


def test_the_page_names_what_failed_and_why() -> None:
    good = Outcome(SUITES[0], "6e07524", 59)
    assert page([good]).count("None.") == 2
    told = page([good, Outcome(SUITES[1], "a62061b", 43, ["an  optional\ntest"], {"chains": "expected 200"})])
    assert "| `vc-di-eddsa-test-suite` | `a62061b` | 43 | 1 | 1 |" in told
    assert "- **Data Integrity EdDSA**: chains: expected 200" in told
    assert "- **Data Integrity EdDSA**: an optional test" in told
