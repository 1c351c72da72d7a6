"""What tells of the process itself: its life, its readiness, its numbers, its API's description and its pages."""

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from starlette.responses import Response

from smartflow.gateway.call import Visitor
from smartflow.gateway.limits import among
from smartflow.gateway.openapi import describe
from smartflow.gateway.pages import docs_page, home_page
from smartflow.gateway.request import RouteNotFound
from smartflow.gateway.route import OPEN, PROBE, Route, Table, get, table
from smartflow.gateway.settings import Demo
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.process.telemetry import Metrics

State = Literal["ok", "degraded", "down"]
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_STATIC = {"calm.css": "text/css; charset=utf-8"}


class Health(Struct, frozen=True):
    """The process lives."""

    status: Literal["ok"]
    version: str


class Ready(Struct, frozen=True):
    """Whether the process may be asked, and what it stands on."""

    ready: bool
    checks: dict[str, State]


class About(Struct, frozen=True):
    """What the pages and probes tell of."""

    version: str
    metrics: Metrics
    metrics_from: tuple[str, ...]
    ready: Callable[[], Awaitable[Ready]]
    demo: Demo | UnsetType | None = UNSET


class HealthRoutes:
    """Root routes, and `/api/v1/health`."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._document: Callable[[], dict[str, Any]] = dict

    def routes(self) -> tuple[Table, Table]:
        """The tables: method, path, what stands before it."""
        api = table("system", "", [get("/health", self.health, OPEN, media="application/json")])
        root = [
            get("/", self.home, OPEN, media="text/html"),
            get("/healthz", self.alive, OPEN | PROBE, media="application/json"),
            get("/readyz", self.ready, OPEN | PROBE, media="application/json"),
            get("/metrics", self.metrics, OPEN | PROBE, media="text/plain"),
            get("/openapi.json", self.openapi, OPEN, media="application/json"),
            get("/docs", self.docs, OPEN, media="text/html"),
            get("/static/{name}", self.static, OPEN, refuses=(RouteNotFound,), media="text/css"),
        ]
        return api, table("system", "", root, root=True)

    def describes(self, routes: tuple[Route, ...]) -> None:
        """Have `/openapi.json` and `/docs` tell of these routes; the document is written when it is first asked for."""
        self._document = cache(lambda: describe(routes, self._about.version))

    async def health(self) -> Response:
        """Tell that the process lives, and its version."""
        return Response(to_json(Health("ok", self._about.version)), media_type="application/json")

    async def alive(self) -> Response:
        """Tell that the process lives."""
        return await self.health()

    async def ready(self) -> Response:
        """Tell whether the process may be asked."""
        state = await self._about.ready()
        body = to_json({"status": "ok" if state.ready else "down", "checks": state.checks})
        return Response(body, 200 if state.ready else 503, media_type="application/json")

    async def metrics(self, visitor: Visitor) -> Response:
        """Give the numbers, to allowed addresses."""
        if not among(visitor.ip, self._about.metrics_from):
            raise RouteNotFound
        return Response(self._about.metrics.exposed(), media_type="text/plain; version=0.0.4")

    async def openapi(self) -> Response:
        """Describe the API."""
        return Response(to_json(self._document()), media_type="application/json")

    async def docs(self, call: Call) -> Response:
        """Show the API's description to people."""
        return _page(docs_page(self._document(), call.language))

    async def home(self, call: Call) -> Response:
        """Say what runs here, and where to go on."""
        demo = self._about.demo
        return _page(home_page(self._about.version, None if isinstance(demo, UnsetType) else demo, call.language))

    async def static(self, name: str) -> Response:
        """Give what the pages need."""
        kind = _STATIC.get(name)
        if kind is None:
            raise RouteNotFound
        return Response((files("smartflow.gateway") / "static" / name).read_bytes(), headers={"Content-Type": kind})


def _page(html: str) -> Response:
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY, "Vary": "Accept-Language"})
