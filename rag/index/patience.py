"""What to do when a Chroma service says that it is asked too often: ask again, later and less and less often.

Every call of ours may be repeated: the one that was refused did nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter


def limited(error: BaseException) -> bool:
    """Whether the service asks for patience (HTTP 429).

    chromadb has an error for it, but raises a bare one where the body is not as it expects (a proxy's); the
    response is then that of the error underneath.
    """
    from chromadb.errors import RateLimitError

    return any(
        isinstance(each, RateLimitError) or getattr(getattr(each, "response", None), "status_code", None) == 429
        for each in _beneath(error)
    )


def _beneath(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _asking(times: int) -> Retrying:
    return Retrying(
        retry=retry_if_exception(limited),
        wait=wait_exponential_jitter(initial=1, max=30),  # jitter: several processes do not come back together
        stop=stop_after_attempt(times),
        reraise=True,
    )


#: Calls a call, waiting for about a minute in all while it is refused: for what must arrive.
PATIENTLY = _asking(7)
#: The same for some three seconds: for a search, somebody waits for the answer.
BRIEFLY = _asking(3)
