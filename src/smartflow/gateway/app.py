"""The HTTP application: one way in for every request, one envelope out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from smartflow.gateway import limits
from smartflow.gateway.call import Principal, Verifier, Visitor, bearer, call_of, preferred
from smartflow.gateway.envelope import Envelope, Ok, View, refused
from smartflow.gateway.intent import HEADER, effect_key, fingerprint
from smartflow.gateway.limits import Limit, Limiter, TooMany, address_of
from smartflow.gateway.reading import read
from smartflow.gateway.request import (
    REQUEST_ID,
    BodyTooLarge,
    Incoming,
    MethodNotAllowed,
    RouteNotFound,
    hold_declared,
    query_of,
    request_id,
)
from smartflow.gateway.route import Route, Routes, Table
from smartflow.gateway.settings import GatewaySettings
from smartflow.shared.kernel.call import REPLAYS, Call, Replays
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.refusal import DeadlinePassed, Refusal, Unavailable
from smartflow.shared.kernel.text import Language, Text
from smartflow.shared.kernel.trace import Origin, continued
from smartflow.shared.process.logs import logger
from smartflow.shared.process.telemetry import Metrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_Arguments = tuple[dict[str, Any], Call]
_FAILED = Text(zh="服务器内部错误；请用请求编号查询日志。", en="Something went wrong inside; the log explains it by the request id.")
_EXPOSED = (
    "X-Request-ID, X-Conversation-ID, X-Run-ID, Idempotency-Replayed, Retry-After, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, ETag"
)
_ALLOWED = "Authorization, Content-Type, X-Idempotency-Key, Last-Event-ID, X-Request-ID"


class Edge(Struct, frozen=True):
    """What the application stands on."""

    verifier: Verifier
    limiter: Limiter
    clock: Clock
    entropy: Entropy
    metrics: Metrics
    settings: GatewaySettings


class _Asked(Struct):
    """One request on its way through."""

    request: Incoming
    id: str
    language: Language | None
    headers: dict[str, str]
    address: str
    view: View = View()
    route: Route | None = None
    query: list[tuple[str, str]] = []
    code: str | None = None


class Gateway:
    """An ASGI application."""

    def __init__(self, tables: Sequence[Table], edge: Edge) -> None:
        self.routes = Routes(tables)
        self._edge = edge
        self._log = logger("http")
        self._seconds = cache(edge.metrics.requests.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        asked = self._ask(Incoming(scope, receive))
        try:
            with _traced(asked):
                response = await self._respond(asked)
        except ClientDisconnect:
            return
        try:
            await response(scope, receive, send)
        finally:
            self._tell(asked, response, time.perf_counter() - began)

    def _ask(self, request: Incoming) -> _Asked:
        id_ = request_id(request.headers.get(REQUEST_ID), self._edge.entropy)
        headers = {"X-Request-ID": id_, "X-Content-Type-Options": "nosniff"}
        origin = request.headers.get("origin")
        if origin is not None and origin in self._edge.settings.origins:
            headers |= {"Access-Control-Allow-Origin": origin, "Vary": "Origin", "Access-Control-Expose-Headers": _EXPOSED}
        proxies = self._edge.settings.proxies
        address = address_of(request.peer, request.every(b"x-forwarded-for"), proxies) if proxies else request.peer
        language = preferred(request.headers.get("accept-language"))
        return _Asked(request, id_, language, headers, address, View(language or "en"))

    async def _respond(self, asked: _Asked) -> Response:
        try:
            return await self._route(asked)
        except Refusal as refusal:
            return self._refuse(asked, refusal)
        except ClientDisconnect:
            raise
        except asyncio.CancelledError:
            # Nobody but the drain cuts a request off: one whose body does not come, or whose work does not end.
            return self._refuse(asked, Unavailable())
        except Exception:  # noqa: BLE001 - whatever it was, the sender gets an envelope and the log the rest
            self._log.exception("http.failed", request_id=asked.id, route=asked.route.path if asked.route else None)
            asked.code = "500"
            return _json(500, Envelope("500", _FAILED.render(asked.view.language), asked.id), asked)

    async def _route(self, asked: _Asked) -> Response:
        request = asked.request
        if request.method == "OPTIONS" and "Access-Control-Allow-Origin" in asked.headers:
            asked.headers |= {"Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE", "Access-Control-Allow-Headers": _ALLOWED}
            return _own(Response(status_code=204), asked)
        methods, parts = self.routes.methods(request.path)
        route = methods.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            asked.headers |= await self._edge.limiter.take((limits.OPEN, asked.address))
            if not methods:
                raise RouteNotFound
            asked.headers["Allow"] = ", ".join(sorted(methods))
            raise MethodNotAllowed
        asked.route = route
        hold_declared(request, route.largest)
        principal = await self._admit(asked, route)
        call = call_of(principal, asked.language, asked.id, self._edge.clock.now(), route.within)
        asked.view = View(call.language, call.zone)
        asked.query = query_of(request)
        return await self._handle(asked, route, call, principal, parts)

    async def _admit(self, asked: _Asked, route: Route) -> Principal | None:
        """Check the token and take a token of the limit."""
        if route.open:
            if route.counts is None and not route.probe:
                asked.headers |= await self._edge.limiter.take((limits.OPEN, asked.address))
            return None
        try:
            principal = await self._edge.verifier.verify(bearer(asked.request.headers.get("authorization")))
        except Refusal:
            asked.headers |= await self._edge.limiter.take((limits.REFUSED, asked.address))
            raise
        asked.view = View(asked.language or principal.language, principal.zone)
        asked.headers |= await self._edge.limiter.take((route.limit, str(principal.owner)))
        return principal

    async def _handle(self, asked: _Asked, route: Route, call: Call, principal: Principal | None, parts: dict[str, str]) -> Response:
        agent = asked.request.headers.get("user-agent", "")[:255]
        last_event = asked.request.headers.get("last-event-id", "")
        visitor = Visitor(asked.address, agent, principal.session if principal else None, call.language, last_event)
        arguments, call = await self._counted(asked, route, visitor, self._arguments(asked, route, call, parts))
        for name, kind in route.wants.items():
            if kind is Call:
                arguments[name] = call
            elif kind is Visitor:
                arguments[name] = visitor
        replays = Replays()
        token = REPLAYS.set(replays)
        try:
            answer = await self._bounded(route, arguments)
        finally:
            REPLAYS.reset(token)
        if isinstance(answer, Response):
            return _own(answer, asked)
        if route.keyed and replays.whole():
            asked.headers["Idempotency-Replayed"] = "true"
        asked.code = answer.code
        return _success(answer, asked)

    async def _counted(self, asked: _Asked, route: Route, visitor: Visitor, read: Awaitable[_Arguments]) -> _Arguments:
        """Read the input; on a route of class A take the tokens that it names, or that of an unknown sender if it names none."""
        if route.counts is None:
            return await read
        wanted: Sequence[tuple[Limit, str]] = ((limits.OPEN, visitor.ip),)
        try:
            arguments, call = await read
            wanted = await route.counts(visitor, arguments["data"])
        finally:
            asked.headers |= await self._edge.limiter.take(*wanted)
        return arguments, call

    async def _bounded(self, route: Route, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as the handler's hint says
        if route.patience is None:
            return await route.handler(**arguments)
        try:
            async with asyncio.timeout(route.patience):
                return await route.handler(**arguments)
        except TimeoutError:
            raise DeadlinePassed from None

    async def _arguments(self, asked: _Asked, route: Route, call: Call, parts: dict[str, str]) -> _Arguments:
        """Read the input: the key's form first, then everything else."""
        request = asked.request
        given = request.headers.get(HEADER)
        key = effect_key(route.method, route.path, given) if route.keyed or (route.keyable and given is not None) else None
        reading = await read(request, route, asked.query, parts)
        if key is not None:
            call = replace(call, key=key, fingerprint=fingerprint(request.path, asked.query, reading.said))
        return reading.arguments, call

    def _refuse(self, asked: _Asked, refusal: Refusal) -> Response:
        status, envelope = refused(refusal, asked.view, asked.id)
        asked.code = envelope.status
        if refusal.retry_after is not None:
            asked.headers["Retry-After"] = str(refusal.retry_after)
        if isinstance(refusal, TooMany):
            asked.headers |= refusal.headers
        if isinstance(refusal, BodyTooLarge):
            asked.headers["Connection"] = "close"
        if status == 401:  # noqa: PLR2004 - the status itself
            asked.headers["WWW-Authenticate"] = "Bearer"
        return _json(status, envelope, asked)

    def _tell(self, asked: _Asked, response: Response, seconds: float) -> None:
        template = asked.route.path if asked.route else "unknown"
        self._seconds(asked.request.method, template, response.status_code).observe(seconds)
        self._log.info(
            "http.request",
            request_id=asked.id,
            method=asked.request.method,
            route=template,
            status=response.status_code,
            code=asked.code,
            ms=round(seconds * 1000, 2),
        )


def _traced(asked: _Asked) -> AbstractContextManager[object]:
    """Let the request be part of the trace that its sender is in; without one there is nothing to go on with."""
    parent = asked.request.headers.get("traceparent")
    return nullcontext() if parent is None else continued(Origin(parent, asked.id))


def _success(answer: Ok[Any], asked: _Asked) -> Response:
    info = answer.info.render(asked.view.language)
    return _json(200, Envelope(answer.code, info, asked.id, answer.data, answer.plan, answer.paging), asked)


def _json(status: int, envelope: Envelope, asked: _Asked) -> Response:
    return Response(to_json(envelope), status, asked.headers | {"Cache-Control": "no-store"}, "application/json")


def _own(response: Response, asked: _Asked) -> Response:
    """Add to a handler's own answer what every answer has; what it says of being kept counts."""
    for name, value in asked.headers.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
