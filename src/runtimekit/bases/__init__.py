"""Base images: pulled from a registry, or made here from packages."""
