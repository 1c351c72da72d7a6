"""What can be set of the HTTP edge."""

from msgspec import Struct


class GatewaySettings(Struct, frozen=True):
    """`origins`: web pages that may call from elsewhere. `proxies`: whose `X-Forwarded-For` counts. `demo`: shown at `/`."""

    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    metrics_from: tuple[str, ...] = ("127.0.0.1", "::1")


class LimitsSettings(Struct, frozen=True):
    """`enabled`: rate limits are on."""

    enabled: bool = True


class Demo(Struct, frozen=True):
    """The demonstration account, where there is one."""

    username: str
    password: str
