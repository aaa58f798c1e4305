"""Builds on other machines: which node builds what, and what happens when a node goes away."""
