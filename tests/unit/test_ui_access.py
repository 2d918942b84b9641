"""How often one may try: log-ins by name and address, questions and translations by user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.ui.asking import late, translating
from rag.ui.chat import Exchange, respond
from rag.ui.desk import Desk
from rag.ui.gate import Gate
from rag.ui.users import Throttled, Users, add_user
from tests.town import FakeAssistant


@pytest.fixture
def users(tmp_path: Path) -> Users:
    add_user(tmp_path / "users", "ada", "a long password")
    return Users(tmp_path / "users")


def test_a_name_is_tried_five_times_from_one_address(users: Users) -> None:
    for _ in range(5):
        assert users.log_in("ada", "wrong", "here") is None
    with pytest.raises(Throttled):
        users.log_in("ada", "a long password", "here")
    assert users.log_in("ada", "a long password", "elsewhere")


def test_a_name_is_tried_twenty_times_from_everywhere(users: Users) -> None:
    for n in range(20):
        assert users.log_in("ada", "wrong", f"address {n}") is None
    with pytest.raises(Throttled):
        users.log_in("ada", "a long password", "one more")
    assert users.log_in("bob", "unknown", "one more") is None


def test_an_address_tries_twenty_names(users: Users) -> None:
    for n in range(20):
        assert users.log_in(f"name {n}", "wrong", "here") is None
    with pytest.raises(Throttled):
        users.log_in("ada", "a long password", "here")


def test_a_name_that_looks_like_an_address_is_counted_for_itself(users: Users) -> None:
    for n in range(20):
        assert users.log_in("here", "wrong", f"address {n}") is None
    assert users.log_in("ada", "a long password", "here")


def test_a_translation_counts_as_a_question() -> None:
    assistant = FakeAssistant(pause=0)
    desk = Desk(assistant, assistant.library, translate=assistant.translate, gate=Gate("1/minute"))
    assert late(desk, "ada", "fr") == ""
    assert late(desk, "ada", "fr").startswith("Trop de questions en peu de temps")
    assert late(desk, "bob", "fr") == ""
    assert late(replace(desk, gate=None), "ada", "fr") == ""
    *_, (exchange, _) = respond(assistant, Exchange("What did it cost?", "en"), ())
    (said,) = translating(desk, (exchange,), 0, 1)
    assert dict(said.translations)[1].startswith("(en) Le pont")
