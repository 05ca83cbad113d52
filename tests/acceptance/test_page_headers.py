"""What every page tells the browser, and how heavy and how quick it is."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import httpx

from acceptance.house import House
from acceptance.routes import routes


def test_pages_may_load_only_what_is_ours_and_nobody_may_frame_them(pages: House) -> None:
    headers = pages.visitor().get("/").headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    for directive in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"):
        assert directive in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_no_page_carries_inline_code_or_style(pages: House) -> None:
    owner = pages.visitor("owner")
    for path in ("/", "/services/", "/services/import-declaration/", "/sign-in/", "/company/", "/today/"):
        text = owner.get(path).text
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(pages: House) -> None:
    answer = pages.visitor().client.get("/sign-in/", headers={"X-Forwarded-Proto": "https"})
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" in cookie
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_a_page_weighs_less_than_a_hundred_kilobytes_before_pictures(pages: House) -> None:
    owner = pages.visitor("owner")
    begun = owner.post("/services/import-declaration/start/", example="yes").headers["location"]
    shared = [
        owner.client.get(path)
        for path in ("/static/build/window.css", "/static/build/window.js", "/static/build/htmx.js")
    ]
    files = sum(len(gzip.compress(answer.content)) for answer in shared)
    for path in ("/", "/today/", begun, begun.split("/part/")[0] + "/check/"):
        page = owner.client.get(path)
        assert page.headers.get("content-encoding") == "gzip"
        assert len(gzip.compress(page.content)) + files < 100_000, path


def test_an_anonymous_page_is_in_the_browsers_language(pages: House) -> None:
    with httpx.Client(base_url=pages.url, headers={"Accept-Language": "zh-CN,zh;q=0.9"}) as client:
        answer = client.get("/")
    assert 'lang="zh-Hans"' in answer.text
    assert answer.headers["content-language"] == "zh-Hans"


def test_a_language_switch_leads_nowhere_else(pages: House) -> None:
    answer = pages.visitor().client.get("//evil.example/?language=en")
    assert not answer.headers.get("location", "/").startswith("//")


def test_one_click_sign_in_does_not_exist_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert "demonstration-sign-in" not in routes(DATA_DIR=str(tmp_path))


def test_one_click_sign_in_refuses_to_start_on_an_outside_database(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "onewindow.web.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DATA_DIR": str(tmp_path),
        "ONEWINDOW_DEMO": "yes",
    }
    command = [sys.executable, "-c", "import django; django.setup()"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "would let anyone sign in" in ended.stderr
