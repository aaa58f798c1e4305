"""Connections for our own HTTP clients: through the proxy that the environment names, as curl would."""

from __future__ import annotations

import urllib.parse
import urllib.request

import urllib3

CONNECTIONS = 8
"""Connections kept open to a host: more than the threads that use one pool."""


def pool(url: str, *, direct: bool = False) -> urllib3.PoolManager:
    """Connections for a URL's host.

    Args:
        url: Where to; the proxy depends on its scheme and host (``http_proxy``, ``https_proxy``, ``no_proxy``).
        direct: Whether to pass by the proxy: this machine itself is never reached through one.
    """
    parts = urllib.parse.urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not direct and not urllib.request.proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, maxsize=CONNECTIONS)
    return urllib3.PoolManager(maxsize=CONNECTIONS)
