"""A site on loopback that answers as GitHub's host would, over TLS with a certificate made for the run; and without TLS."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.extension.boxes import BOXES, Box

HERE = Path(__file__).parent
#: As strict as GitHub's towards scripts, and stricter towards styles: none but the page's own.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


def page(box: Box, mode: str) -> str:
    return f"""<!doctype html><html lang="en" data-color-mode="{mode}"><head><meta charset="utf-8"><title>A pull request</title>
    <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/assets/page.css">
    <script type="module" src="/assets/page.js"></script></head>
    <body data-react="{str(box.react).lower()}">
    <main><h1>Read the file once</h1><div id="sent"></div>{box.html}</main></body></html>"""


class _Quiet(ThreadingHTTPServer):
    """Says nothing about browsers that first turn the certificate down."""

    def handle_error(self, *_: Any) -> None:
        return


class Site:
    """Pages by ``?box=NAME``, whatever their path; ``url`` is where it listens."""

    def __init__(self, folder: Path | None = None) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if parts.path == "/assets/page.js":
                    self._answer("text/javascript", (HERE / "page.js").read_text("utf-8"))
                elif parts.path == "/assets/page.css":
                    self._answer("text/css", (HERE / "page.css").read_text("utf-8"))
                else:
                    box = BOXES.get(asked.get("box", ""), BOXES["nothing to write in"])
                    self._answer("text/html; charset=utf-8", page(box, asked.get("mode", "light")))

            def _answer(self, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.send_header("content-security-policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if folder is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_certificate(folder))
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = int(self._server.server_address[1])
        self.url = f"{'http' if folder is None else 'https'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _certificate(folder: Path) -> Path:
    """A key and a certificate for github.com that nobody else trusts, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "github.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("github.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "site.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file
