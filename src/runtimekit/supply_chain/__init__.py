"""Where images come from and what is in them: bills of materials, provenance, signatures, pins, audits, rebuilding.

Everything here returns documents (dictionaries, bytes) and leaves pushing to ``publishing``. Only pins and audits ask a
registry, and only for the digest of a tag.
"""
