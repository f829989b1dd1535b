"""What the story leaves behind: the badge in its four forms, and all that a stranger needs to verify it."""

import base64
import json
from pathlib import Path
from typing import Any

from ltitool.cli.story.browser import Browser, StoryStuck
from ltitool.cli.story.stage import Stage
from ltitool.sandbox.seed import DEMO

FORMS = {"json": "credential.json", "jwt": "credential.jwt", "png": "badge.png", "svg": "badge.svg"}


def keep_badge(stage: Stage, key: str, out: Path) -> None:
    """Download the badge as its holder, and the issuer's documents as anybody."""
    browser = stage.browser(key)
    host, _, rest = stage.enter(key).url.partition("/l/")
    base = f"{host}/l/{rest.split('/')[0]}/badge/file"
    for kind, name in FORMS.items():
        (out / name).write_bytes(browser.download(f"{base}/{kind}"))
    stage.tell(DEMO.person(key).name, "downloads the badge as JSON, JWT, PNG and SVG")
    stranger = Browser("a stranger")
    credential = json.loads((out / "credential.json").read_text(encoding="utf-8"))
    issuer = credential["issuer"]["id"].removeprefix("did:web:").replace(":", "/").replace("%3A", ":")
    (out / "did.json").write_bytes(stranger.download(f"http://{issuer}/did.json"))
    header = (out / "credential.jwt").read_text(encoding="ascii").partition(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]
    (out / "key.jwk").write_bytes(stranger.download(_on_loopback(kid)))
    status = credential["credentialStatus"][0]["statusListCredential"]
    (out / "status.json").write_bytes(stranger.download(_on_loopback(status)))


def keep_report(stage: Stage, out: Path, licence: str) -> None:
    """Have the public verifier judge the baked PNG, and keep its report.

    Raises:
        StoryStuck: it was not found genuine, or not the holder's.
    """
    report = verify(stage, "badge.png", (out / "badge.png").read_bytes(), "image/png", person=licence)
    (out / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    if report["verdict"] != "valid":
        raise StoryStuck(f"the verifier says {report['verdict']}: {json.dumps(report)[:800]}")
    stage.tell("A state verifier", "drops the PNG in: genuine, and the license number matches")


def _on_loopback(url: str) -> str:
    """Like did:web, a key's address is https by definition; the story's own servers speak plain http."""
    return url.replace("https://localhost:", "http://localhost:")


def verdict_of(stage: Stage, credential: bytes) -> str:
    """Ask the public verifier what it says of a credential."""
    return str(verify(stage, "credential.json", credential, "application/json")["verdict"])


def verify(stage: Stage, name: str, content: bytes, kind: str, *, person: str = "") -> dict[str, Any]:
    """Send a badge to the public verifier as a state would, and give its report."""
    browser = Browser("a state verifier")
    page = browser.open(f"{stage.pair.tool_url}/verify")
    form = next(one for one in page.forms if one.method == "post")
    answer = browser.post_json(form, {"person": person}, [("badge_file", (name, content, kind))])
    report: dict[str, Any] = json.loads(answer.body)
    return report
