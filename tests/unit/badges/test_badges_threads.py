"""Many threads sign and verify at once and get the answers that one would get."""

import json
from concurrent.futures import ThreadPoolExecutor

from support.badge_samples import sample_badge, sample_issuer

from badges.canonical.leaves import flatten
from badges.canonical.pinned import pinned_contexts
from badges.canonical.primary import canonical_form
from badges.canonical.shapes import ShapeCache
from badges.canonical.terms import constant_names

ISSUER = sample_issuer()


def job(number: int) -> str:
    badge = sample_badge(tail=f" {number}").to_json()
    # A new shape for each third, so that compiling, using and forgetting shapes overlap.
    badge["credentialSubject"]["achievement"]["tag"] = ["tag"] * (1 + number % 3) + [f"t{number % 5}"]
    return ISSUER.verify(json.dumps(ISSUER.signed(badge))).verdict.value


def test_threads_get_the_same_answers() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(job, range(60))) == {"valid"}


def test_the_cache_keeps_no_more_than_its_limit() -> None:
    cache, contexts = ShapeCache(limit=2), pinned_contexts()
    for count in range(1, 5):
        badge = sample_badge().to_json()
        badge["credentialSubject"]["achievement"]["tag"] = ["tag"] * count
        key, _ = flatten(badge, constant_names(contexts))
        cache.shape_of(badge, key, contexts)
        assert len(cache.shapes) <= 2
        assert canonical_form(badge)
