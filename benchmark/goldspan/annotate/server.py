"""The annotator's local server: loopback only, a token for each run, and pages shown in a sandboxed frame.

What comes from the browser is not trusted either: any web page that is open in it can send requests to a local port.
So every request must name the right host, a request that changes something must come from our own page, and what is
read or written needs the token, which only the printed address holds.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from goldspan.annotate.candidates import iso_date
from goldspan.annotate.session import ChangedError, Session, cached_view, frame_key, read_page
from goldspan.data.schema import load_labels
from goldspan.errors import GoldspanError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
LARGEST = 16 * 2**20  # bytes of a request's body; the labels of 50,000 blocks
_FILES = {
    "app.css": "text/css",
    "app.js": "text/javascript",
    "edit.js": "text/javascript",
    "keys.js": "text/javascript",
    "metadata.js": "text/javascript",
    "rows.js": "text/javascript",
    "split.js": "text/javascript",
}
_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}
_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Served:
    """What a server serves, and where.

    Attributes:
        token: the secret of this run.
    """

    session: Session
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """What the annotator opens. A browser sends nothing of what follows the '#'."""
        return f"{self.origin}/#{self.token}"


def bind() -> socket.socket:
    """A socket on a free port of the loopback interface."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.bind((HOST, 0))
    return made


def make_server(served: Served) -> uvicorn.Server:
    """The server of an application; ``run(sockets=[bound])`` serves until it is stopped."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            make_app(served), log_level="warning", lifespan="off", ws="none", server_header=False, date_header=False
        )
    )


def make_app(served: Served) -> Starlette:
    """The application."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.middleware import Middleware
    from starlette.responses import Response
    from starlette.routing import Route

    session, writing = served.session, Lock()

    def json(data: object, status: int = 200) -> Response:
        return Response(orjson.dumps(data, default=str), status, media_type="application/json")

    async def index(_: Request) -> Response:
        return Response(_asset("index.html"), media_type="text/html", headers={"Content-Security-Policy": _OURS})

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            return json({"error": "there is no such file"}, 404)
        return Response(_asset(name), media_type=_FILES[name])

    async def frame(request: Request) -> Response:
        id, key = request.path_params["id"], request.path_params["key"]
        if id not in session.ids or not secrets.compare_digest(key, frame_key(served.token, id)):
            return json({"error": "there is no such page"}, 404)
        nonce = secrets.token_urlsafe(16)
        body = await run_in_threadpool(frame_html, served, id, nonce)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; base-uri 'none'; "
            f"form-action 'none'; frame-ancestors {served.origin}; sandbox allow-scripts; webrtc 'block'"
        )
        return Response(body, media_type="text/html", headers={"Content-Security-Policy": policy})

    async def start(_: Request) -> Response:
        return json(await run_in_threadpool(_start, session))

    async def sample(request: Request) -> Response:
        id = request.path_params["id"]
        if id not in session.ids:
            return json({"error": f"there is no sample '{id}' here"}, 404)
        if request.method == "PUT":
            sent = await _body(request)

            def write() -> str:
                with writing:
                    return session.save(id, sent)

            return json({"version": await run_in_threadpool(write)})
        state = await run_in_threadpool(session.state, id)
        return json(state | {"frame": f"/frame/{quote(id)}/{frame_key(served.token, id)}"})

    async def check(request: Request) -> Response:
        id = request.path_params["id"]
        if id not in session.ids:
            return json({"error": f"there is no sample '{id}' here"}, 404)
        return json([asdict(incident) for incident in await run_in_threadpool(session.check, id)])

    async def date(request: Request) -> Response:
        return json({"date": iso_date(str((await _body(request)).get("text", ""))[:200])})

    async def told(_: Request, fault: Exception) -> Response:
        return json({"error": str(fault)}, 409 if isinstance(fault, ChangedError) else 422)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/static/{name}", static),
            Route("/frame/{id}/{key}", frame),
            Route("/api/start", start),
            Route("/api/samples/{id}", sample, methods=["GET", "PUT"]),
            Route("/api/samples/{id}/check", check),
            Route("/api/date", date, methods=["POST"]),
        ],
        middleware=[Middleware(_Guard, served=served)],
        exception_handlers={GoldspanError: told},
    )


class _Guard:
    """Refuses requests that are not from our own page, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, served: Served) -> None:
        self.app, self.served = app, served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.datastructures import Headers, MutableHeaders
        from starlette.responses import JSONResponse

        if scope["type"] != "http":
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_ALWAYS)
            await send(message)

        refused = _refusal(self.served, scope["method"], scope["path"], Headers(scope=scope))
        if refused:
            status, why = refused
            # A body that is not read must not be taken for the next request.
            await JSONResponse({"error": why}, status, headers={"Connection": "close"})(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)


def _refusal(served: Served, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """The status and reason by which a request is refused, if it is."""
    changes = method not in ("GET", "HEAD")
    origin = headers.get("origin")
    if headers.get("host") != f"{HOST}:{served.port}":
        return 421, "this is another host"
    if (origin is not None or changes) and origin != served.origin:
        return 403, "requests come from the annotator's own page only"
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "requests come from the annotator's own page only"
    if path.startswith("/api/"):
        sent = headers.get("authorization", "").encode("utf-8", "replace")
        if not secrets.compare_digest(sent, f"Bearer {served.token}".encode()):
            return 401, "the token is wrong: open the address that the program printed"
    if changes:
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return 415, "only JSON is taken"
        length = headers.get("content-length", "")
        if length and not (length.isascii() and length.isdigit() and int(length) <= LARGEST):
            return 413, "the body is too large"
    return None


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        HTTPException: it is not one, or too large.
    """
    from starlette.exceptions import HTTPException

    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST:
            raise HTTPException(413, "the body is too large")
    try:
        sent = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(sent, dict):
        raise HTTPException(400, "the body is no JSON object")
    return sent


@cache
def _asset(name: str) -> str:
    return files("goldspan.annotate").joinpath("web", name).read_text(encoding="utf-8")


def _start(session: Session) -> dict[str, Any]:
    labels = load_labels()
    return {
        "annotator": session.annotator,
        "mode": session.mode,
        "samples": list(session.ids),
        "labels": [
            {"name": name, "group": group, "about": labels.about.get(name, "")} for name, group in labels.groups.items()
        ],
        "roles": labels.roles,
        "page_types": labels.page_types,
    }


def frame_html(served: Served, id: str, nonce: str) -> str:
    """The document of a page's frame: a list of steps as data, and the script that builds the page by them."""
    view = cached_view(read_page(served.session.folder / id))
    data = orjson.dumps({"origin": served.origin, "steps": view.steps, "styles": view.styles}).decode()
    # In the one place where its text stands in markup, no '<' is left that could end the script element.
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>page</title><style nonce="{nonce}">'
        f'{_asset("frame.css")}</style></head><body><script type="application/json" nonce="{nonce}">{data}</script>'
        f'<script nonce="{nonce}">{_asset("frame.js")}</script></body></html>'
    )
