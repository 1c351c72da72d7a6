"""What is never remembered, and what only looks like it."""

import pytest

from smartflow.services.memory.secret import is_secret


@pytest.mark.parametrize(
    "text",
    [
        "My password is hunter2",
        "PASSWORD: hunter",
        "the wifi password hunter22",
        "我的密码是abc123",
        "密码：１２３４５６",
        "口令abcd1234",
        "my pin is 1234",
        "4111 1111 1111 1111",
        "my card 4111-1111-1111-1111 expires soon",
        "信用卡4111111111111111",
        "６２２２０２１２３４５６７８９０１２８",
        "身份证11010519491231002X",
        "号码110105 之外，11010519491231002x",
        "银行卡号：6222021234567890",
        "account number 12345678",
        "护照号 E12345678",
        "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
        "SSN 078-05-1120",
    ],
)
def test_secrets_are_found(text: str) -> None:
    assert is_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "I like maths in the mornings.",
        "晚上十点后不学习",
        "I forget my passwords all the time",
        "Pin the notes to the wall",
        "Call Lin at 13800138000",
        "电话 138 0013 8000",
        "The order 4111 1111 1111 1112 is late",
        "110105194912310021",
        "GB82 WEST 1234 5698 7654 33",
        "2026-09-14 10:00 to 2026-09-15 11:30",
        "I take the account course on Monday at 8",
        "学号2023011234",
        "3.14159265358979",
    ],
)
def test_what_only_looks_like_a_secret_is_none(text: str) -> None:
    assert not is_secret(text)
