"""What is in an image, and where does it come from? SBOMs, provenance, signatures, pins, audits, rebuilding.

The modules return documents (dictionaries, bytes); ``publishing`` pushes them. Only pins and audits query a registry,
and only for the digest of a tag.
"""
