"""A local stand-in for the Hub's HTTP API: what `huggingface_hub` calls to make a repository and commit to it."""

from __future__ import annotations

import base64
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hub:
    """What was sent: repositories by kind and name, their files, the tokens, and large objects on their way."""

    repos: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commits: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    objects: dict[str, bytes] = field(default_factory=dict)
    allowed: str = "hf_right"
    url: str = ""


def serve() -> tuple[Hub, ThreadingHTTPServer]:
    """A Hub on a free port; shut the server down when done."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return hub, server


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, data: object, status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _is_allowed(self) -> bool:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.hub.tokens.add(token)
        return token == self.hub.allowed

    def do_PUT(self) -> None:
        self.hub.objects[self.path.rpartition("/")[2]] = self._body()
        self._answer({})

    def do_GET(self) -> None:
        found = re.match(r"/api/(\w+)s/([\w.-]+/[\w.-]+)(/.*)?", self.path)
        repo = f"{found[1]}/{found[2]}" if found else ""
        if repo not in self.hub.repos:
            self._answer({"error": "Repository not found"}, 404)
            return
        files = self.hub.files[repo]
        if found and "/tree/" in (found[3] or ""):
            self._answer([{"type": "file", "path": p, "size": len(d), "oid": "0" * 40} for p, d in files.items()])
            return
        self._answer({"id": found and found[2], "sha": "0" * 40, "siblings": [{"rfilename": p} for p in files]})

    def do_POST(self) -> None:
        body = self._body()
        if not self._is_allowed():
            self._answer({"error": "Invalid username or password."}, 401)
        elif self.path == "/api/repos/create":
            data = json.loads(body)
            kind = data.get("type", "model")
            name = f"{data['organization']}/{data['name']}"
            repo = f"{kind}/{name}"
            status = 409 if repo in self.hub.repos else 200
            self.hub.repos.setdefault(repo, data)
            self.hub.files.setdefault(repo, {".gitattributes": b""})
            self._answer({"url": f"{self.hub.url}/{kind}s/{name}", "id": name, "name": name}, status)
        elif self.path.startswith("/api/validate-yaml"):
            self._answer({"errors": [], "warnings": []})
        elif "/preupload/" in self.path:
            modes = [
                {"path": one["path"], "uploadMode": "lfs" if one["path"].endswith(".parquet") else "regular",
                 "shouldIgnore": False, "oid": None}
                for one in json.loads(body)["files"]
            ]  # fmt: skip
            self._answer({"files": modes})
        elif self.path.endswith("/info/lfs/objects/batch"):
            objects = [
                {**one, "actions": {"upload": {"href": f"{self.hub.url}/lfs/{one['oid']}", "header": {}}}}
                for one in json.loads(body)["objects"]
            ]
            self._answer({"transfer": "basic", "objects": objects})
        elif "/commit/" in self.path:
            self._commit(body)
        else:
            self._answer({"error": f"nothing at {self.path}"}, 404)

    def _commit(self, body: bytes) -> None:
        found = re.match(r"/api/(\w+)s/([\w.-]+/[\w.-]+)/commit/", self.path)
        assert found
        files = self.hub.files[f"{found[1]}/{found[2]}"]
        lines = [json.loads(line) for line in body.splitlines()]
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
            else:
                self.hub.commits.append(value)
        url = f"{self.hub.url}/{found[1]}s/{found[2]}"
        self._answer({"success": True, "commitOid": "1" * 40, "commitUrl": f"{url}/commit/{'1' * 40}"})
