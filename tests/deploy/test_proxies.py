"""nginx.conf and Caddyfile: the facts that matter behind a proxy, and the programs' own check where they are here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.web.hooks import MOST_BYTES
from tests.deploy.files import DEPLOY

NGINX = (DEPLOY / "nginx.conf").read_text()
CADDY = (DEPLOY / "Caddyfile").read_text()


@pytest.mark.parametrize("text", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_the_settings_that_belong_to_it_are_named(text: str) -> None:
    assert "TACTFUL_TRUSTED_PROXIES=127.0.0.1" in text
    assert "TACTFUL_BASE_URL=https://tactful.example.org" in text


def test_nginx_says_who_asks_and_passes_no_claim_on() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "proxy_add_x_forwarded_for" not in NGINX


def test_metrics_are_not_passed_on() -> None:
    assert re.search(r"location = /metrics \{\s*return 404;", NGINX)
    assert re.search(r"@private path /metrics\n\s*respond @private 404", CADDY)


def test_the_largest_delivery_gets_through() -> None:
    nginx = re.search(r"client_max_body_size (\d+)m;", NGINX)
    caddy = re.search(r"max_size (\d+)MB", CADDY)
    assert nginx is not None
    assert int(nginx[1]) * 1024 * 1024 > MOST_BYTES
    assert caddy is not None
    assert int(caddy[1]) * 1000 * 1000 >= 25 * 1000 * 1000


def test_no_address_is_logged_since_it_may_hold_a_one_time_link() -> None:
    [form] = re.findall(r"log_format tactful '([^']*)'", NGINX)
    assert not re.search(r"\$(request|request_uri|uri|args|http_referer|remote_addr)\b", form)
    assert all(
        use in ("off", "/var/log/nginx/tactful.log tactful") for use in re.findall(r"access_log ([^;]+);", NGINX)
    )
    assert not re.search(r"^\s*log\b", CADDY, re.MULTILINE)


def test_nginx_accepts_it(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed (Debian: apt-get install nginx-light openssl)")
    subject = ["-subj", "/CN=tactful.example.org", "-days", "1"]
    made = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made, *subject], check=True, capture_output=True
    )
    site = NGINX.replace("/etc/ssl/tactful", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    site = re.sub(r"listen (\[::\]:)?(80|443)\b", r"listen \g<1>1\g<2>9", site)  # no privilege needed
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"{name}_temp_path {tmp_path}/{name};" for name in names)
    whole = f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{folders}\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run([nginx, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr, done.stderr


def test_caddy_accepts_it(tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("Caddy is not installed (Debian: apt-get install caddy)")
    command = [caddy, "adapt", "--validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": ""})
    assert done.returncode == 0, done.stderr
