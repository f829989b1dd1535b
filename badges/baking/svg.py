"""A badge inside an SVG: one ``openbadges:credential`` element right after the root's start tag.

The picture's own text is not re-serialized: a namespace and one element are inserted, the rest stays as it
was. Documents with a DOCTYPE are refused before anything is expanded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from badges.baking.form import COMPACT_JWS, MAX_PICTURE_BYTES, Baked, credential_bytes, the_only
from badges.errors import BakingError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
NAMESPACE_2_0 = "http://openbadges.org"
_ELEMENTS = {f"{{{NAMESPACE}}}credential": "3.0", f"{{{NAMESPACE_2_0}}}assertion": "2.0"}
_BEFORE_ROOT = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_START_TAG = re.compile(r"<[^\s/>]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_ENCODING = re.compile(r"\A<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)[\"']")
# Characters of JSON text that XML cannot carry; they stand in strings only, where they have escapes.
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def bake_svg(picture: bytes, credential: str) -> bytes:
    """The SVG with the credential in it: a JWS in ``verify``, JSON as CDATA.

    Raises:
        BakingError: ``already_baked``, ``empty_svg`` for a root without content, what ``credential_bytes``
            refuses, and whatever makes the picture no sound SVG.
    """
    credential_bytes(credential)
    text = _decoded(picture)
    root = _parsed(text)
    if any(element.tag in _ELEMENTS for element in root.iter()):
        raise BakingError("already_baked", "the picture already holds a badge")
    tag = _START_TAG.match(text, _end_of_prologue(text))
    if tag is None or tag[0].endswith("/>"):
        raise BakingError("empty_svg", "the picture has no content")
    start = tag[0][:-1] + f' xmlns:openbadges="{NAMESPACE}">'
    return (text[: tag.start()] + start + _element(credential) + text[tag.end() :]).encode("utf-8")


def unbake_svg(picture: bytes) -> Baked:
    """The one badge in the SVG; nothing else of the picture is used.

    Raises:
        BakingError: ``no_badge``, ``several_badges``, and whatever makes the picture no sound SVG.
    """
    root = _parsed(_decoded(picture))
    return the_only([_baked(element) for element in root.iter() if element.tag in _ELEMENTS])


def _element(credential: str) -> str:
    if COMPACT_JWS.match(credential):
        return f"<openbadges:credential verify={quoteattr(credential)}/>"
    # Inside JSON text, ]]> can only stand in a string, where > has an escape of its own.
    text = credential.replace("]]>", "]]\\u003e")
    text = _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"


def _baked(element: Element) -> Baked:
    verify = element.get("verify")
    text = verify if verify is not None else (element.text or "").strip()
    return Baked(text, "3.0" if _ELEMENTS[element.tag] == "3.0" else "2.0")


def _decoded(picture: bytes) -> str:
    if len(picture) > MAX_PICTURE_BYTES:
        raise BakingError("too_large", f"the picture has more than {MAX_PICTURE_BYTES} bytes")
    try:
        text = picture.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BakingError("svg_encoding", "the SVG is not UTF-8") from fault
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in {"utf-8", "us-ascii", "ascii"}:
        raise BakingError("svg_encoding", f"the SVG says it is {declared[1][:20]}, only UTF-8 is read")
    return text


def _parsed(text: str) -> Element:
    try:
        root: Element = fromstring(text.encode("utf-8"), forbid_dtd=True)
    except DefusedXmlException as fault:
        raise BakingError("svg_doctype", "the SVG has a DOCTYPE or entities, which are refused") from fault
    except (ParseError, ValueError) as fault:
        raise BakingError("svg_malformed", f"the SVG is not well-formed: {fault}") from fault
    if root.tag != f"{{{SVG_NAMESPACE}}}svg":
        raise BakingError("not_svg", "the document is XML but no SVG")
    return root


def _end_of_prologue(text: str) -> int:
    match = _BEFORE_ROOT.match(text)
    return match.end() if match else 0
