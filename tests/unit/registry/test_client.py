"""The client against a registry in memory that fails in every way that is known."""

from __future__ import annotations

import io
import json
import threading
import time
from typing import TYPE_CHECKING

import pytest
from fakeregistry import FakeRegistry
from faults import Answer

from runtimekit.errors import DigestMismatchError, RegistryAnswerError, RegistryLoginError, RegistryUnavailableError
from runtimekit.registry.address import Address
from runtimekit.registry.client import Registry, Sent
from runtimekit.registry.credentials import Login
from runtimekit.registry.oci import OCI_MANIFEST, Descriptor, digest_of
from runtimekit.registry.retry import Retrier, RetryLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = b"a layer's bytes" * 1000
BLOB = Descriptor(media_type="application/octet-stream", digest=digest_of(DATA), size=len(DATA))
CONFIG = b'{"os":"linux","architecture":"amd64"}'
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": Descriptor(media_type="c", digest=digest_of(CONFIG), size=len(CONFIG)).row(),
        "layers": [BLOB.row()],
    }
).encode()
PASSING = ["answer", "reset", "reset in the middle", "lose", "hang"]


def push(registry: Registry, repository: str = "acme/one") -> Sent:
    """Push the layer."""
    return registry.push_blob(repository, BLOB, lambda: io.BytesIO(DATA))


def push_all(registry: Registry) -> Sent:
    """Push the layer, the configuration and the manifest."""
    push(registry)
    config = Descriptor(media_type="c", digest=digest_of(CONFIG), size=len(CONFIG))
    registry.push_blob("acme/one", config, lambda: io.BytesIO(CONFIG))
    return registry.push_manifest("acme/one", MANIFEST, OCI_MANIFEST)


def test_a_blob_is_uploaded_once_then_present_and_mounted_elsewhere(fake: FakeRegistry, registry: Registry) -> None:
    """Nothing travels twice."""
    assert [push(registry), push(registry), push(registry, "acme/two")] == [Sent.UPLOADED, Sent.PRESENT, Sent.MOUNTED]
    assert fake.counted("PUT") == 1
    assert fake.blobs["acme/two"][BLOB.digest] == DATA


def test_another_run_uploads_nothing(fake: FakeRegistry, registry: Registry) -> None:
    """It asks, and is told that all is there."""
    assert push_all(registry) == Sent.UPLOADED
    fake.heal()
    assert push_all(registry.fresh()) == Sent.PRESENT
    assert set(fake.methods) == {"HEAD", "GET"}


@pytest.mark.parametrize("how", PASSING)
@pytest.mark.parametrize(
    "step", [("HEAD", "/blobs/"), ("POST", "/uploads/"), ("PUT", "/uploads/"), ("PUT", "/manifests/")]
)
def test_what_may_pass_is_tried_again(fake: FakeRegistry, registry: Registry, how: str, step: tuple[str, str]) -> None:
    """Twice at any step, in any way: in the end all is there, and the faults are counted."""
    fake.fail(how, method=step[0], path=step[1], times=2, answer=Answer(503), seconds=1)
    push_all(registry)
    assert fake.blobs["acme/one"][BLOB.digest] == DATA
    assert fake.manifests["acme/one"][digest_of(MANIFEST)] == MANIFEST
    assert sum(registry.retrier.counts.values()) in {1, 2}  # after a lost answer, asking finds that it was done


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_stays_broken_is_given_up_after_three_retries(
    fake: FakeRegistry, registry: Registry, status: int
) -> None:
    """With exit code 75: trying later may help."""
    fake.fail("answer", method="PUT", times=99, answer=Answer(status, {}, b"<h1>oops</h1>"))
    with pytest.raises(RegistryUnavailableError, match=f"server_error.* 4 attempts.*{status} <h1>oops") as caught:
        push(registry)
    assert caught.value.exit_code == 75
    assert fake.counted("PUT") == 4


def test_an_upload_whose_answer_is_lost_is_not_repeated(fake: FakeRegistry, registry: Registry) -> None:
    """It is there: asking finds it."""
    fake.fail("lose", method="PUT")
    assert push(registry) == Sent.PRESENT
    assert fake.counted("PUT") == 1


def test_a_registry_that_is_not_there_is_a_connection_fault() -> None:
    """Not a time-out, and not for long."""
    with FakeRegistry() as gone:
        host = gone.host
    began = time.monotonic()
    with pytest.raises(RegistryUnavailableError, match=r"\(connection\).*refused"):
        Registry(Address(host, "acme"), None, Retrier(host, RetryLimits(pause=0.01))).check_access()
    assert time.monotonic() - began < 5


def test_a_registry_that_never_answers_is_a_time_out(fake: FakeRegistry, registry: Registry) -> None:
    """After as many tries as the others."""
    fake.fail("hang", times=99, seconds=5)
    with pytest.raises(RegistryUnavailableError, match=r"\(timeout\)"):
        registry.check_access()


@pytest.mark.parametrize("how", ["truncate", "corrupt"])
def test_reading_back_finds_every_wrong_byte(fake: FakeRegistry, registry: Registry, how: str) -> None:
    """An answer that is cut off is asked for again; one with other bytes is final."""
    push_all(registry)
    fake.fail(how, method="GET", times=1)
    if how == "truncate":
        registry.check_blob("acme/one", BLOB)
        assert registry.retrier.counts["connection"] == 1
    else:
        with pytest.raises(DigestMismatchError, match="No tag was moved"):
            registry.check_blob("acme/one", BLOB)
    fake.fail(how, method="GET", path="/manifests/", times=1)
    if how == "truncate":
        assert registry.read_manifest("acme/one", digest_of(MANIFEST)) == MANIFEST
    else:
        with pytest.raises(DigestMismatchError):
            registry.read_manifest("acme/one", digest_of(MANIFEST))


def test_bytes_spoiled_on_the_way_are_refused_by_the_registry(fake: FakeRegistry, registry: Registry) -> None:
    """Finally: something changes content."""
    fake.fail("spoil", method="PUT")
    with pytest.raises(RegistryAnswerError, match="DIGEST_INVALID"):
        push(registry)
    assert fake.counted("PUT") == 1


def test_a_blob_that_is_missing_is_found_missing(registry: Registry) -> None:
    """Whether it is read whole or only asked for."""
    for whole in (True, False):
        with pytest.raises(RegistryAnswerError, match="404"):
            registry.check_blob("acme/one", BLOB, whole=whole)


def test_a_manifest_before_its_blobs_is_refused(registry: Registry) -> None:
    """4xx is final."""
    with pytest.raises(RegistryAnswerError, match="MANIFEST_BLOB_UNKNOWN"):
        registry.push_manifest("acme/one", MANIFEST, OCI_MANIFEST)
    assert not registry.retrier.counts


def test_a_registry_that_stores_something_else_is_found_out(fake: FakeRegistry, registry: Registry) -> None:
    """Its own digest says so, before anybody reads back."""
    push_all(registry)
    other = {"Docker-Content-Digest": digest_of(b"other")}
    fake.fail("answer", method="PUT", answer=Answer(201, other))
    with pytest.raises(DigestMismatchError):
        registry.push_manifest("acme/one", MANIFEST, OCI_MANIFEST, "1")


# Rate limits


def test_retry_after_holds_for_all_workers(fake: FakeRegistry) -> None:
    """One was told to wait: nobody asks before that."""
    registry = Registry(Address(fake.host, "acme"), None, Retrier(fake.host, RetryLimits(pause=0.01)))
    registry.check_access()
    fake.fail("answer", method="HEAD", answer=Answer(429, {"Retry-After": "1"}))
    began, ended = time.monotonic(), []

    def work(number: int) -> None:
        time.sleep(0.1 * number)  # the first meets the limit, the others come while it holds
        registry.push_blob(f"acme/{number}", BLOB, lambda: io.BytesIO(DATA))
        ended.append(time.monotonic() - began)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(ended) == 4
    assert min(ended) >= 1.0
    assert registry.retrier.counts == {"rate_limited": 1}


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "soon"}])
def test_a_rate_limit_without_a_usable_time_is_waited_for_with_growing_pauses(
    fake: FakeRegistry, registry: Registry, headers: dict[str, str]
) -> None:
    """And given up in the end, never asked in a tight loop."""
    fake.fail("answer", times=9999, answer=Answer(429, headers))
    with pytest.raises(RegistryUnavailableError, match="rate_limited") as caught:
        registry.check_access()
    assert caught.value.exit_code == 75
    assert 2 <= fake.counted("GET") <= 51


def test_a_rate_limit_longer_than_we_would_wait_is_given_up_at_once(fake: FakeRegistry) -> None:
    """Nobody sits there for an hour."""
    registry = Registry(Address(fake.host, "acme"), None, Retrier(fake.host))
    fake.fail("answer", times=99, answer=Answer(429, {"Retry-After": "3600"}))
    began = time.monotonic()
    with pytest.raises(RegistryUnavailableError, match="rate_limited"):
        registry.check_access()
    assert time.monotonic() - began < 2
    assert fake.counted("GET") == 1


# Logins


@pytest.fixture(params=["basic", "bearer"])
def guarded(request: pytest.FixtureRequest) -> Iterator[FakeRegistry]:
    """A registry that wants a login."""
    with FakeRegistry("me:letmein-please", request.param) as made:
        yield made


def guest(fake: FakeRegistry, login: Login | None) -> Registry:
    """A client with a login."""
    return Registry(Address(fake.host, "acme"), login, Retrier(fake.host, RetryLimits(pause=0.01)))


def test_a_right_login_is_let_in(guarded: FakeRegistry) -> None:
    """Everything works as without."""
    assert push_all(guest(guarded, Login("me", "letmein-please"))) == Sent.UPLOADED


def test_an_identity_token_is_exchanged_for_one_that_opens() -> None:
    """OAuth2's way, where docker's login gave no password to keep."""
    with FakeRegistry("me:letmein-please", "bearer") as fake:
        assert push_all(guest(fake, Login(identity_token="me:letmein-please"))) == Sent.UPLOADED  # noqa: S106
        assert fake.counted("POST", "/token") >= 1


@pytest.mark.parametrize("login", [None, Login("me", "wrong-password")])
def test_a_wrong_login_is_refused_and_says_the_way_out(guarded: FakeRegistry, login: Login | None) -> None:
    """With exit code 5, after two requests at most, without the password."""
    with pytest.raises(RegistryLoginError, match="docker login") as caught:
        guest(guarded, login).check_access()
    assert caught.value.exit_code == 5
    assert "wrong-password" not in str(caught.value)
    assert guarded.counted("GET", "/v2/") <= 2


def test_a_token_that_ends_midway_is_renewed_once(guarded: FakeRegistry) -> None:
    """Then all goes on."""
    registry = guest(guarded, Login("me", "letmein-please"))
    push(registry)
    guarded.tokens.append("those before are no longer good")
    assert push_all(registry) == Sent.UPLOADED


@pytest.mark.parametrize("status", [401, 403])
def test_a_registry_that_keeps_refusing_is_not_asked_for_ever(guarded: FakeRegistry, status: int) -> None:
    """One new login, then it is final."""
    registry = guest(guarded, Login("me", "letmein-please"))
    registry.check_access()
    realm = f'Bearer realm="http://{guarded.host}/token",service="fake"' if guarded.scheme == "bearer" else "Basic x"
    guarded.heal()
    guarded.fail(
        "answer", method="POST", path="/uploads/", times=99, answer=Answer(status, {"WWW-Authenticate": realm})
    )
    with pytest.raises(RegistryLoginError, match=str(status)):
        push(registry)
    assert guarded.counted("POST", "/uploads/") == 2


def test_a_password_is_never_sent_to_an_unsafe_token_service(fake: FakeRegistry) -> None:
    """A registry could name any address; plain HTTP is for this machine only."""
    registry = guest(fake, Login("me", "letmein-please"))
    registry.transport.authorization.may_be_plain = False
    fake.fail("answer", answer=Answer(401, {"WWW-Authenticate": f'Bearer realm="http://{fake.host}/token"'}))
    with pytest.raises(RegistryLoginError, match="not safe"):
        registry.check_access()
    assert fake.counted("GET", "/token") == 0


def test_cancelling_ends_a_transfer_and_a_wait(fake: FakeRegistry) -> None:
    """As Ctrl-C does, within a moment."""
    registry = guest(fake, None)
    fake.fail("answer", times=99, answer=Answer(429, {"Retry-After": "100"}))
    threading.Timer(0.2, registry.retrier.cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        registry.check_access()
    assert time.monotonic() - began < 3
