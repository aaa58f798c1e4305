"""Builders beyond this machine: what was typed, which node builds what, and builds that outlive a node."""
