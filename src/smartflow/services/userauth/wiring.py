"""Accounts as a part of a process."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from smartflow.client.userauth import UserauthClient
from smartflow.services.userauth import sweep, tables
from smartflow.services.userauth.passwords import Passwords
from smartflow.services.userauth.service import Keyring, Rules, UserauthService
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.services.userauth.tokens import SEED, Signer, seed_of
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.process.datadir import DataDir
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part

_FILE = "signing.keys"
# A rotated key verifies while its tokens live: of more than these none does.
_KEPT = 8


def userauth_part(ground: Ground) -> Part[UserauthClient]:
    """Build accounts and login sessions, and the sweep that forgets those that are over."""
    settings = ground.section(UserauthSettings)
    rules = Rules(open_registration=settings.open_registration is not False, shortest_password=settings.shortest_password)
    passwords = Passwords(ground.pool, settings)
    service = UserauthService(ground.database, passwords, _keyring(settings, ground.entropy), ground.entropy, rules)
    loop = Loop("userauth.sessions", every=timedelta(minutes=10), run=partial(sweep.forget, ground.database))
    return Part("userauth", service, tables.metadata, loops=(loop,))


def _keyring(settings: UserauthSettings, entropy: Entropy) -> Keyring:
    def signer(seeds: Sequence[bytes]) -> Signer:
        return Signer(seeds, settings.issuer, settings.audience)

    if settings.signing_keys:
        return Keyring(signer([seed_of(key.reveal()) for key in settings.signing_keys]), None)
    folder = DataDir(settings.keys_dir or Path.cwd())

    def renew() -> Signer:
        fresh = entropy.secret(SEED) + folder.secret(_FILE, lambda: b"")
        folder.keep_secret(_FILE, fresh[: SEED * _KEPT])
        return signer(_seeds(fresh[: SEED * _KEPT]))

    return Keyring(signer(_seeds(folder.secret(_FILE, lambda: entropy.secret(SEED)))), renew)


def _seeds(kept: bytes) -> list[bytes]:
    return [kept[start : start + SEED] for start in range(0, len(kept), SEED)]
