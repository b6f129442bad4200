"""A model's one file: its archive and its manifest, checked before anything in them is used. Knows no torch."""

from fieldguide.core.bundle.archive import (
    BUNDLE_SUFFIX,
    BundleFile,
    Golden,
    Manifest,
    bundle_digest,
    bundle_of,
    read_bundle,
    read_manifest,
    read_program,
    read_table,
)

__all__ = [
    "BUNDLE_SUFFIX",
    "BundleFile",
    "Golden",
    "Manifest",
    "bundle_digest",
    "bundle_of",
    "read_bundle",
    "read_manifest",
    "read_program",
    "read_table",
]
