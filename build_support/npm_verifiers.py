"""Bring the npm verifiers that the tests ask about our badges, and print where their Node is."""

from pathlib import Path

from assets import install_packages, node_home

VERIFIERS = Path(__file__).parent.parent / "tests" / "conformance" / "npm"

if __name__ == "__main__":
    install_packages(VERIFIERS)
    print(node_home() / "bin")
