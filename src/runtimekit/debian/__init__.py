"""Debian packages and root file systems, fetched and unpacked without touching the system."""
