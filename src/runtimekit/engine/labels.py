"""Names of the labels that our images have."""

from __future__ import annotations

LABEL_STAND_IN = "org.runtimekit.base"
"""On every image built on a base of ours: what that base is made of. `publish` refuses such images."""
LABEL_FINGERPRINT = "org.runtimekit.fingerprint"
LABEL_INPUTS = "org.runtimekit.inputs"
"""What an image was made from, so that `explain` can tell what has changed."""
LABEL_PLATFORMS = "org.runtimekit.platforms"
