"""Accounts as a part of a process."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from smartflow.client.userauth import UserauthClient
from smartflow.services.userauth import handlers, sweep, tables
from smartflow.services.userauth.passwords import Passwords
from smartflow.services.userauth.service import UserauthService
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.services.userauth.tokens import SEED, Keyring, Parties, SigningKey, keys_of, seed_of
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.process.config import SettingsError
from smartflow.shared.process.datadir import DataDir, DataDirError
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part

FILE = "signing-keys.json"


def userauth_part(ground: Ground) -> Part[UserauthClient]:
    """Build accounts and login sessions, and the sweep that forgets those that are over."""
    settings = ground.section(UserauthSettings)
    passwords = Passwords(ground.pool, ground.entropy, settings)
    service = UserauthService(ground.database, passwords, _keyring(settings, ground), ground.entropy, settings)
    loop = Loop("userauth.sessions", every=timedelta(minutes=10), run=partial(sweep.forget, ground.database))
    return Part("userauth", service, tables.metadata, handlers.subscribe, (loop,))


def _keyring(settings: UserauthSettings, ground: Ground) -> Keyring:
    parties = Parties(settings.issuer, settings.audience)
    if settings.signing_keys:
        return Keyring(_given(settings), parties, ground.clock)
    folder = DataDir(settings.keys_dir or Path.cwd())
    kept = folder.secret(FILE, lambda: to_json([SigningKey(ground.entropy.secret(SEED))]))
    try:
        keys = keys_of(kept)
    except ValueError as error:
        message = f"{folder.path / FILE} holds no signing keys; bring it back from a copy, or remove it: then everybody logs in again"
        raise DataDirError(message) from error
    return Keyring(keys, parties, ground.clock, keep=lambda changed: folder.keep_secret(FILE, to_json(changed)))


def _given(settings: UserauthSettings) -> list[SigningKey]:
    try:
        return [SigningKey(seed_of(key.reveal())) for key in settings.signing_keys]
    except ValueError as error:
        message = "userauth.signing_keys: a key is 32 bytes in base64url"
        raise SettingsError(message) from error
