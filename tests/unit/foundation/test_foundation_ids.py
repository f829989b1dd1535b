import uuid

import pytest

from ltitool.foundation.ids import derived_id


@pytest.mark.parametrize("name", ["", "lti-identity", "person:" + 100 * "Zoë"])
@pytest.mark.parametrize("parent", [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.NAMESPACE_DNS])
def test_a_derived_id_is_a_uuid_of_version_5(parent: uuid.UUID, name: str) -> None:
    found = derived_id(parent, name)
    assert found == uuid.uuid5(parent, name)
    assert (found.version, found.variant) == (5, uuid.RFC_4122)


def test_many_derived_ids_are_those_of_the_standard_library() -> None:
    parent = uuid.uuid5(
        uuid.NAMESPACE_URL, "parent"
    )  # each bit that the version and the variant take, both ways
    for number in range(500):
        assert derived_id(parent, f"participant:{number}") == uuid.uuid5(parent, f"participant:{number}")
