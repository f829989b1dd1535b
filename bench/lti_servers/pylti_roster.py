"""PyLTI1p3 reading a roster to its end with its own page loop: BASE KEYFILE."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lti_own_costs import costs
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

base, key = sys.argv[1:]
registered = Registration()
registered.set_client_id("bench-client").set_auth_token_url(f"{base}/token")
registered.set_tool_private_key(Path(key).read_text())
connector = ServiceConnector(registered)


def read(path: str) -> int:
    """Read a roster; gives how many it lists."""
    service = {"context_memberships_url": f"{base}{path}", "service_versions": ["2.0"]}
    return len(NamesRolesProvisioningService(connector, service).get_members())


read("/short")
json.dump(costs(lambda: read("/roster")), sys.stdout)
