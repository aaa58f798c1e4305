"""Runtimes → images: fingerprint, plan, build, result. The gateway's binaries, and builds on other nodes, too."""
