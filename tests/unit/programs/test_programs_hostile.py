"""Files sent to harm: they are refused quickly, by name, and nothing is constructed or multiplied."""

import time
from pathlib import Path

import pytest
import yaml

from ltitool.programs import ProgramFileInvalid, check_program_file, parse_program, tree
from ltitool.programs.errors import MAX_FAULTS
from ltitool.programs.tree import MAX_BYTES

LAUGHS = "a: &a [x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
HOSTILE = {
    "billion laughs": (LAUGHS, "anchor"),
    "reference to itself": ("a: &a [*a]", "anchor"),
    "python object": ("!!python/object/apply:os.system ['touch /tmp/never']", "tag"),
    "python object inside": ("id: !!python/object/new:os.system ['true']", "tag"),
    "local tag": ("id: !include /etc/passwd", "tag"),
    "deep flow": ("[" * 100_000, "too_deep"),
    "deep blocks": ("".join("  " * n + "- a:\n" for n in range(200)), "too_deep"),
    "deep keys": ("? " * 50_000 + "x", "wrong_key"),
    "ten megabytes": ("id: " + "x" * 10_000_000, "too_large"),
    "ten megabytes of brackets": ("[" * 10_000_000, "too_large"),
    "nothing": ("", "empty"),
    "only a remark": ("# a program\n", "empty"),
    "an empty document": ("---\n", "wrong_type"),
    "a list": ("- id\n", "wrong_type"),
    "a lone word": ("program", "wrong_type"),
    "a null byte": ("id: \0", "bad_character"),
    "half a character pair": ("id: \ud800", "bad_character"),
    "languages without end": (f"languages: [{'en, ' * 8_000}en]", "wrong_length"),
    "a crowd of keys": ("".join(f"k{n}: 1\n" for n in range(5_000)), "unknown_key"),
    "a crowd of languages": (
        "title: {" + ", ".join(f"l{n}: x" for n in range(5_000)) + "}",
        "language_missing",
    ),
    "a crowd of anchors": ("".join(f"k{n}: &k{n} 1\n" for n in range(5_000)), "anchor"),
    "a crowd of activities": ("activities: [" + "{}, " * 8_000 + "{}]", "wrong_length"),
    "a key without end": ("k" * 1_000 + ": 1", "unknown_key"),
    "control signs in a key": ('"a\\nb\\u202Ec": 1', "unknown_key"),
    "a number without end": ("id: " + "9" * 5_000, "too_long"),
}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, tree.EVENT_LOADER], ids=["plain", "installed"])
@pytest.mark.parametrize("name", HOSTILE)
def test_is_refused_by_name_and_at_once(name: str, loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "EVENT_LOADER", loader)
    text, code = HOSTILE[name]
    began = time.process_time()
    with pytest.raises(ProgramFileInvalid) as caught:
        parse_program(text, "hostile.yaml")
    assert code in {fault.code for fault in caught.value.faults}
    assert time.process_time() - began < 5
    assert len(caught.value.faults) <= MAX_FAULTS
    assert len(str(caught.value)) < MAX_FAULTS * 1_000


def test_the_largest_file_is_still_read(source: str) -> None:
    spare = MAX_BYTES - len(source.encode())
    assert parse_program(source + "#" * spare, "full.yaml")
    with pytest.raises(ProgramFileInvalid) as caught:
        parse_program(source + "#" * (spare + 1), "full.yaml")
    assert [fault.code for fault in caught.value.faults] == ["too_large"]


def test_a_good_file_has_no_faults(tmp_path: Path, source: str) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(source, "utf-8")
    assert check_program_file(path) == []


def test_a_file_with_two_faults_lists_both_in_order(tmp_path: Path, source: str) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(source.replace("image: arch", "image: no").replace("unit: week", "unit: age"), "utf-8")
    assert [fault.path for fault in check_program_file(path)] == ["unit", "badge.image"]


def test_a_missing_file_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    assert [fault.code for fault in check_program_file(tmp_path / "none.yaml")] == ["unreadable"]
    assert [fault.code for fault in check_program_file(tmp_path)] == ["unreadable"]


def test_a_byte_that_is_not_utf8_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"id: a\ntitle: a\xf1o\n")
    fault = check_program_file(path)[0]
    assert (fault.line, fault.column, fault.code) == (2, 9, "not_utf8")


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)  # sparse: reading it whole would take three gigabytes
    assert [fault.code for fault in check_program_file(path)] == ["too_large"]


def test_both_parsers_read_the_same_program(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = parse_program(source, "shipped.yaml")
    monkeypatch.setattr(tree, "EVENT_LOADER", yaml.SafeLoader)
    assert parse_program(source, "shipped.yaml") == installed


def test_a_fault_carries_nothing_that_steers_a_terminal(source: str) -> None:
    text = source.replace("unit: week", 'unit: week\n"\\e[31m\\u202Ea\\nb": 1')
    with pytest.raises(ProgramFileInvalid) as caught:
        parse_program(text, "hostile.yaml")
    assert [fault.code for fault in caught.value.faults] == ["unknown_key"]
    assert str(caught.value).isprintable()
