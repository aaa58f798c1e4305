"""Everything that talks to Docker. The only package that imports python-on-whales."""
