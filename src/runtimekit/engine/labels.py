"""The names of the labels on our images."""

from __future__ import annotations

LABEL_STAND_IN = "org.runtimekit.base"
"""On every image with a locally made base: what that base consists of. `publish` refuses such images."""
LABEL_FINGERPRINT = "org.runtimekit.fingerprint"
LABEL_INPUTS = "org.runtimekit.inputs"
"""The inputs of an image, as JSON. `explain` uses them to show what has changed."""
LABEL_PLATFORMS = "org.runtimekit.platforms"
