"""Sends one webhook: signed, to a public address only, within a time limit, following no redirect.

The receiver verifies `Onewindow-Signature: t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 over `SECONDS.BODY` under the
subscription's secret, and recognises a repeat by `Onewindow-Delivery`.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
import time
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import httpx

TIMEOUT_SECONDS = 10.0
_SAID_MOST = 200


class UnsafeTarget(Exception):
    """The address must not be called: not http(s), credentials in it, or inside our own network."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How the receiver took it; `said` is why not, empty when it did."""

    status: int
    said: str = ""

    @property
    def arrived(self) -> bool:
        return not self.said


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes where; `id` stays the same however often it is sent."""

    id: UUID
    url: str
    secret: str
    payload: bytes


async def send(client: httpx.AsyncClient, parcel: Parcel, *, allow_private: bool) -> Answer:
    """Send once. Never raises for what the receiver or the network does."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await _send(client, parcel, allow_private)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnsafeTarget, TimeoutError, ValueError) as fault:
        return Answer(0, f"{type(fault).__name__}: {fault}"[:_SAID_MOST])


async def _send(client: httpx.AsyncClient, parcel: Parcel, allow_private: bool) -> Answer:
    url = httpx.URL(parcel.url)
    address = await vetted_address(url, allow_private=allow_private)
    request = client.build_request(
        "POST",
        url.copy_with(host=address),
        content=parcel.payload,
        headers={**headers_of(parcel), "Host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.host},
    )
    response = await client.send(request, stream=True, follow_redirects=False)
    await response.aclose()
    if response.is_success:
        return Answer(response.status_code)
    return Answer(response.status_code, f"answered {response.status_code} {response.reason_phrase}"[:_SAID_MOST])


def headers_of(parcel: Parcel, at: int | None = None) -> dict[str, str]:
    """What goes with the body: its id, and its signature at this second."""
    seconds = int(time.time()) if at is None else at
    signature = hmac.new(parcel.secret.encode(), b"%d." % seconds + parcel.payload, sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "onewindow",
        "Onewindow-Delivery": str(parcel.id),
        "Onewindow-Signature": f"t={seconds},v1={signature}",
    }


async def vetted_address(url: httpx.URL, *, allow_private: bool) -> str:
    """The IP address to call, looked up and judged at the same moment, so that a name cannot point inside afterwards.

    Raises UnsafeTarget; OSError when the name is unknown.
    """
    schemes = ("https", "http") if allow_private else ("https",)
    if url.scheme not in schemes or not url.host or url.userinfo:
        raise UnsafeTarget(f"a webhook's address begins with {' or '.join(schemes)}:// and holds no password")
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = sorted({str(entry[4][0]) for entry in found})
    if not allow_private and (inside := [one for one in addresses if not is_public(one)]):
        raise UnsafeTarget(f"{url.host} is {inside[0]}, which is not on the public network")
    return addresses[0]


def is_public(address: str) -> bool:
    """True for an address that belongs to the public network, however it is wrapped."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is not None:
            return is_public(str(wrapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
