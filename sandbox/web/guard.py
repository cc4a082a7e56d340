"""Who may talk to this server at all: the right Host, no foreign web page. A refusal is a value, never a crash.

Loopback alone is no protection: any web page may send requests to it, and a rebound DNS name makes it same-origin.
Source: reliability S1-S4, F5.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sandbox.web.header_names import HOST, ORIGIN, SEC_FETCH_SITE

__all__ = ["Guard"]

_AUTHORITY = re.compile(
    r"(?:\[(?P<six>[0-9a-fA-F:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::(?P<port>[0-9]{1,5}))?\Z"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_SAME_SITE_WORDS = frozenset({"none", "same-origin"})
_REMEMBERED_MAX: Final = 256


class Guard:
    """Judges the Host and the origin of requests.

    Answered are loopback names and addresses, ``*.localhost``, ``host.docker.internal``, *allowed_hosts*
    (``*.example.test`` stands for every name below), and the very address a connection came to: a Host that is an
    address cannot be a rebound name.

    Web pages are answered if they are this very server's, or of one of *allowed_origins*, such as
    ``http://localhost:3000``; ``null`` are pages without an origin, ``*`` is any page.
    """

    def __init__(self, allowed_hosts: Iterable[str] = (), allowed_origins: Iterable[str] = ()) -> None:
        given = [name.lower() for name in allowed_hosts]
        self._origins = frozenset(origin.lower() for origin in allowed_origins)
        self._names = {"localhost", "host.docker.internal", *given}
        self._suffixes = (".localhost", *(name[1:] for name in given if name.startswith("*.")))
        self._known_hosts: set[str] = set()

    def passes(self, headers: Mapping[str, str], connection: Callable[[str], Any]) -> bool:
        """Whether nothing is said against the request, and no web page sends it; arguments as of ``refusal``."""
        return ORIGIN not in headers and self.refusal(headers, connection) is None

    def refusal(self, headers: Mapping[str, str], connection: Callable[[str], Any] = lambda _: None) -> str | None:
        """Say why the request is not answered; ``None`` lets it pass.

        *connection* is asked for the ``sockname`` of the server's side, where the Host alone does not decide.
        """
        host = headers.get(HOST)
        if host not in self._known_hosts:
            if host is None or not (self.allows(host) or _is_address(host, connection("sockname"))):
                return f"This server does not answer for the Host {host!r}; add it to the allowed hosts if it should."
            if len(self._known_hosts) >= _REMEMBERED_MAX:
                self._known_hosts.clear()
            self._known_hosts.add(host)
        if ORIGIN in headers or SEC_FETCH_SITE in headers:
            return self._page_refusal(headers)
        return None

    def allows(self, host: str) -> bool:
        """Tell whether *host*, a Host header, is one of ours."""
        authority = _AUTHORITY.match(host)
        if authority is None or int(authority["port"] or 0) > 65535:
            return False
        if authority["six"] is not None:
            return authority["six"] in self._names or _is_loopback(authority["six"])
        name = authority["name"].lower()
        if name in self._names:
            return True
        if name.endswith(self._suffixes):
            return all(_LABEL.match(label) for label in name.split("."))
        return name[0].isdigit() and _is_loopback(name)

    def is_foreign_page(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a web page asks that is not this server's own."""
        origin, host = headers.get(ORIGIN), headers.get(HOST)
        return origin is not None and origin not in (f"http://{host}", f"https://{host}")

    def _page_refusal(self, headers: Mapping[str, str]) -> str | None:
        """A browser says who asks; for AWS every page will do, here its origin has to be listed."""
        origin = headers.get(ORIGIN)
        if self.is_foreign_page(headers):
            if "*" in self._origins or str(origin).lower() in self._origins:
                return None
            return f"This server does not answer web pages of {origin!r}; --allow-origin lets them in."
        if headers.get(SEC_FETCH_SITE, "none") not in _SAME_SITE_WORDS:
            return "This server does not answer web pages of other sites."
        return None


def _is_address(host: str, sockname: Any) -> bool:
    """Tell whether *host* is the address (and not a name) that stands first in *sockname*."""
    authority = _AUTHORITY.match(host)
    if authority is None or not isinstance(sockname, tuple) or not sockname:
        return False
    try:
        return ipaddress.ip_address(authority["six"] or authority["name"]) == ipaddress.ip_address(sockname[0])
    except ValueError:
        return False


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
