"""Open Badges 3.0: issue, sign, bake, revoke and verify, without a web framework, a database or a network.

The parts are imported by their own names; README.md beside this file shows each of them:

* ``badges.model``: the credential and everything inside it, as frozen dataclasses.
* ``badges.proofs``: Data Integrity (``eddsa_rdfc_2022``) and VC-JWT (``vc_jwt``).
* ``badges.keys``, ``badges.did``: keys in the notations the standards use, did:web and did:key documents.
* ``badges.status``: Bitstring Status Lists as values.
* ``badges.baking``: credentials inside PNG and SVG pictures.
* ``badges.canonical``: strict JSON, pinned contexts, safe mode, RDFC-1.0.
* ``badges.verify``: the numbered checks and their report.
"""
