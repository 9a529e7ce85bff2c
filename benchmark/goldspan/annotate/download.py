"""Fetching one page: a plain GET with limits, never to an address inside the user's own network.

The name is looked up once, all its addresses are checked, and the request goes to an address that was checked. A name
that points elsewhere a moment later therefore has no effect. Each redirect is checked the same way.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from goldspan import __version__
from goldspan.annotate.capture import Capture, now
from goldspan.errors import UsageError

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0  # for the whole page, redirects included
LARGEST = 16 * 2**20  # bytes, unpacked
REDIRECTS = 8
_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
_AGENT = f"goldspan/{__version__} (one page, for annotation)"


def fetch(url: str, *, private: bool = False, seconds: float = SECONDS, largest: int = LARGEST) -> Capture:
    """The page at a URL.

    Args:
        private: allow loopback and addresses of private networks.

    Raises:
        UsageError: the page cannot be had: a bad URL, a forbidden address, an error, no page, too large or too slow.
    """
    import httpx

    asked, deadline = url, time.monotonic() + seconds
    # No proxies from the environment: behind one, the address that answers could not be checked.
    with httpx.Client(trust_env=False, timeout=min(10.0, seconds), headers={"User-Agent": _AGENT}) as client:
        for _ in range(REDIRECTS + 1):
            host, address = _address(url, private)
            target = httpx.URL(url)
            request = client.build_request(
                "GET",
                target.copy_with(host=address),
                headers={"Host": target.netloc.decode("ascii"), "Accept": ", ".join(_TYPES)},
                extensions={"sni_hostname": host},
            )
            try:
                response = client.send(request, stream=True)
                try:
                    if not response.has_redirect_location:
                        return _read(response, url, deadline, largest)
                    url = urljoin(url, response.headers["location"])
                finally:
                    response.close()
            except httpx.TimeoutException:
                raise _too_slow(asked) from None
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as fault:
                raise UsageError(f"{asked} cannot be fetched: {fault}", _SAVE) from None
            if time.monotonic() > deadline:
                raise _too_slow(asked)
    raise UsageError(f"{asked} redirects more than {REDIRECTS} times", _SAVE)


_SAVE = "Save the page in a browser and add the file, with --url."


def _too_slow(url: str) -> UsageError:
    return UsageError(f"{url} takes too long to answer", _SAVE)


def _address(url: str, private: bool) -> tuple[str, str]:
    """The host of a URL and an address of it that may be asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise UsageError(f"'{url}' is not the address of a web page", "Write it with http:// or https://.")
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UsageError(f"the host '{host}' cannot be found", "Check the URL and the network.") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(is_public(address) for address in addresses):
        what = f"{host} has an address inside a private network"
        raise UsageError(what, "Nothing is fetched from there, unless you say --private.")
    return host, addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; an IPv6 address that stands for an IPv4 one counts as that."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def _read(response: httpx.Response, url: str, deadline: float, largest: int) -> Capture:
    if response.status_code != 200:
        raise UsageError(f"{url} answers {response.status_code} {response.reason_phrase}", _SAVE)
    header = Message()
    header["Content-Type"] = response.headers.get("content-type", "text/html")
    media = header.get_content_type()
    if media not in _TYPES:
        raise UsageError(f"{url} is {media}, no page", "Only HTML and plain text can be added.")
    data = b""
    for chunk in response.iter_bytes(65_536):
        data += chunk
        if len(data) > largest:
            raise UsageError(f"{url} is larger than {largest // 2**20} MB", "No page is that large.")
        if time.monotonic() > deadline:
            raise _too_slow(url)
    return Capture(data, url, header.get_content_charset(), "text" if media == "text/plain" else "html", now())
