"""A webhook goes to the public network only, however its address is written."""

from __future__ import annotations

import asyncio
import hmac
from hashlib import sha256
from uuid import UUID

import httpx
import pytest

from onewindow.followers.webhook import Parcel, UnsafeTarget, headers_of, is_public, send, vetted_address

PARCEL = Parcel(UUID(int=1), "http://127.0.0.1:9/", "hush", b"{}")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_of_our_own_network_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://2130706433/",
        "https://user:password@8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "https://0x7f.1/",
    ],
)  # fmt: skip
def test_unsafe_addresses_are_refused(url):
    with pytest.raises((UnsafeTarget, OSError, httpx.InvalidURL)):
        asyncio.run(vetted_address(httpx.URL(url), allow_private=False))


def test_a_demonstration_may_call_this_machine():
    assert asyncio.run(vetted_address(httpx.URL("http://127.0.0.1:81/x"), allow_private=True)) == "127.0.0.1"


def test_a_receiver_that_is_not_there_is_an_answer_and_no_exception():
    async def once():
        async with httpx.AsyncClient(trust_env=False) as client:
            return await send(client, PARCEL, allow_private=True)

    answer = asyncio.run(once())
    assert not answer.arrived
    assert "ConnectError" in answer.said


def test_the_signature_covers_the_second_and_the_body():
    signature = hmac.new(b"hush", b"1700000000.{}", sha256).hexdigest()
    headers = headers_of(PARCEL, at=1_700_000_000)
    assert headers["Onewindow-Signature"] == f"t=1700000000,v1={signature}"
