"""Finds what is never remembered: passwords, and the numbers of cards, accounts and people."""

import re
import unicodedata

_FLAGS = re.ASCII | re.IGNORECASE  # a Chinese character may stand right before a number or a word
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])", _FLAGS)
_PERSON = re.compile(r"(?<!\w)\d{17}[\dX](?!\w)", _FLAGS)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.ASCII)
_SOCIAL = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])", _FLAGS)
_IS = r"\s*(?:\bis\b|\bare\b|:|=|->|是|为)\s*"
_PASSWORD = re.compile(
    rf"(?:password|passcode|passphrase|passwd|\bpwd|\bpin\b(?: code)?|密码|口令)(?:{_IS}\S|\s*(?=\S*\d)[!-~]{{4,}})", _FLAGS
)
_ACCOUNT = re.compile(
    r"(?:account|iban|routing|passport|driving licen[cs]e|social security|\bssn|账号|账户|帐号|卡号|银行卡|护照|身份证|社保)"
    rf"(?:\s*(?:number|no\.?|num|号码?))?(?:{_IS}|\s*)[A-Z]{{0,2}}\d(?:[ -]?\d){{5,}}",
    _FLAGS,
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MARKS = "10X98765432"
_LUHN, _MOD97 = 10, 97


def is_secret(text: str) -> bool:
    """Tell whether a text holds something that must not lie around; numbers count only with their check digits, or by their name."""
    plain = unicodedata.normalize("NFKC", text)
    if any(pattern.search(plain) for pattern in (_PASSWORD, _ACCOUNT, _SOCIAL)):
        return True
    return (
        any(_is_card(found) for found in _CARD.findall(plain))
        or any(_is_person(found) for found in _PERSON.findall(plain))
        or any(_is_iban(found) for found in _IBAN.findall(plain))
    )


def _is_card(number: str) -> bool:
    """Check a card's number by Luhn's formula."""
    digits = [int(digit) for digit in number if digit.isdecimal()]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])  # noqa: PLR2004 - 9 when its double has two digits
    return (sum(digits[-1::-2]) + sum(doubled)) % _LUHN == 0


def _is_person(number: str) -> bool:
    """Check a citizen's number by GB 11643."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _MARKS[total % len(_MARKS)] == number[-1].upper()


def _is_iban(number: str) -> bool:
    """Check an account's number by ISO 13616."""
    packed = number.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in packed[4:] + packed[:4])) % _MOD97 == 1
