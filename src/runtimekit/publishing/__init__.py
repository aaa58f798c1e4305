"""Publishing exactly what was tested (docs/publishing.md).

For each platform: built → tested → pushed by digest. Then, for the image as a whole: its index by digest → verified
from a clean client → tags: the immutable one, the version, and `latest` for a language's newest.

Until the last step nothing of it can be seen under a public name, and every step can be done again.
"""
