"""Proofs: Data Integrity with ``eddsa-rdfc-2022``, and VC-JWT as Open Badges 3.0 asks for it."""
