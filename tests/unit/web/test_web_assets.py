"""Finding built assets, and deciding when to build them."""

import json
import os
from pathlib import Path

import pytest

from build_support import assets as building
from ltitool.web.assets import BASE_URL, DIST, AssetsMissing, asset_url, badge_fonts, read_assets


def test_names_lead_to_built_files(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        json.dumps({"source": "x", "files": {"app.css": "styles-A1.css"}})
    )
    assets = read_assets(tmp_path)
    assert assets.url("app.css") == "/static/dist/styles-A1.css"
    with pytest.raises(AssetsMissing, match=r"app\.js"):
        assets.url("app.js")


def test_built_assets_have_what_the_base_template_asks_for() -> None:
    wanted = ("app.css", "app.js", "favicon.svg", "public-sans.woff2", "source-serif.woff2")
    assert all((DIST / asset_url(name).removeprefix(BASE_URL)).is_file() for name in wanted)
    assert all(path.is_file() for path in badge_fonts())


def test_no_manifest_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="make assets"):
        read_assets(tmp_path)


def test_badge_fonts_lie_beside_the_other_files(tmp_path: Path) -> None:
    assert {path.parent for path in badge_fonts(tmp_path)} == {tmp_path / "fonts"}
    named = {
        line.split("/")[-1].strip('",\n')
        for line in (building.FRONTEND / "build.mjs").read_text().splitlines()
        if ".ttf" in line
    }
    assert {path.name for path in badge_fonts()} == named


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project: one source, one image, one built file."""
    (tmp_path / "frontend" / "node_modules" / "x").mkdir(parents=True)
    (tmp_path / "frontend" / "app.css").write_text("a{}")
    (tmp_path / "static" / "dist").mkdir(parents=True)
    (tmp_path / "static" / "mark.svg").write_text("<svg/>")
    for name, value in {
        "ROOT": tmp_path,
        "FRONTEND": tmp_path / "frontend",
        "IMAGES": tmp_path / "static",
        "DIST": tmp_path / "static" / "dist",
        "SCRATCH": tmp_path / "build",
        "TRANSLATIONS": tmp_path / "translations",
        "__file__": str(tmp_path / "frontend" / "app.css"),
    }.items():
        monkeypatch.setattr(building, name, value)
    return tmp_path


def put_built(house: Path) -> None:
    dist = house / "static" / "dist"
    (dist / "app-1.css").write_text("a{}")
    manifest = {"source": building.source_hash(), "files": {"app.css": "app-1.css"}}
    (dist / "manifest.json").write_text(json.dumps(manifest))


def test_current_assets_are_not_built_again(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_built(house)
    monkeypatch.setattr(building, "run_node", lambda *_: pytest.fail("Node ran"))
    assert building.build_assets() is False


@pytest.mark.parametrize("change", ["source", "image", "lost file", "torn manifest"])
def test_any_change_asks_for_a_build(house: Path, change: str) -> None:
    put_built(house)
    assert building.is_current()
    match change:
        case "source":
            (house / "frontend" / "app.css").write_text("b{}")
        case "image":
            (house / "static" / "mark.svg").write_text("<svg></svg>")
        case "lost file":
            (house / "static" / "dist" / "app-1.css").unlink()
        case _:
            (house / "static" / "dist" / "manifest.json").write_text("{")
    assert not building.is_current()


def test_installed_packages_are_no_sources(house: Path) -> None:
    before = building.source_hash()
    (house / "frontend" / "node_modules" / "x" / "index.js").write_text("1")
    assert building.source_hash() == before


def test_a_build_replaces_the_old_folder_whole(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_built(house)
    (house / "static" / "dist" / "stale-0.css").write_text("")
    (house / "frontend" / "app.css").write_text("b{}")
    (house / "frontend" / "package-lock.json").write_text("{}")
    ran: list[str] = []

    def node(*arguments: str, folder: Path | None = None) -> None:
        ran.append(Path(arguments[0]).name)
        if arguments[0] == "build.mjs":
            out = Path(arguments[1])
            out.mkdir()
            (out / "app-2.css").write_text("b{}")
            (out / "names.json").write_text('{"app.css": "app-2.css"}')

    monkeypatch.setattr(building, "run_node", node)
    monkeypatch.setattr(building, "node_home", lambda: house)
    assert building.build_assets() is True
    assert ran == ["npm-cli.js", "build.mjs"]
    assert sorted(path.name for path in (house / "static" / "dist").iterdir()) == [
        "app-2.css",
        "manifest.json",
    ]
    assert building.is_current()


PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Done"\nmsgstr "Listo"\n'


def test_catalogues_are_compiled_when_they_are_older(house: Path) -> None:
    folder = house / "translations" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    po = folder / "messages.po"
    po.write_text(PO)
    assert building.compile_catalogues() == [folder / "messages.mo"]
    assert b"Listo" in (folder / "messages.mo").read_bytes()
    assert building.compile_catalogues() == []
    os.utime(po, ns=(2**62, 2**62))
    assert building.compile_catalogues() == [folder / "messages.mo"]
    assert sorted(path.name for path in folder.iterdir()) == ["messages.mo", "messages.po"]
