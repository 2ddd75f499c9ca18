"""HTTP to the shop: one deadline for each call, and one of three outcomes.

| what happens | what is raised | what it means |
|---|---|---|
| 2xx with JSON | nothing | done, and durable |
| 4xx | `StoreRejected` | refused, and nothing was written |
| 5xx, a redirect, no JSON, no answer | `StoreUnavailable` | unknown |
| 401, 403, 408, 425, 429 | `StoreUnavailable` | not done, through no fault of the order: later it will be |
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import requests

from amazon_orders.errors import StoreRejected, StoreUnavailable

T = TypeVar("T")
Json = dict[str, Any]
VALUES_AT_ONCE = 50
"""How many values one address may carry: servers refuse long ones."""
NOT_ABOUT_THIS_CALL = (401, 403, 408, 425, 429)


class Client:
    """The shop's API. Threads may share it."""

    def __init__(self, url: str, api_key: str, deadline: float) -> None:
        self.url = url.rstrip("/")
        self.deadline = deadline
        self._api_key = api_key
        self._session = requests.Session()

    def __repr__(self) -> str:
        return "<Client of a kiosk>"

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def list(self, path: str, **params: Any) -> Iterator[Json]:
        """Every item of every page, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.call("GET", path, params=params | {"cursor": cursor})
            if not isinstance(page.get("items"), list):
                raise StoreUnavailable(f"The shop's answer to GET {path} is no list. {UNKNOWN}")
            yield from page["items"]
            cursor = page.get("next")

    def list_by(self, path: str, name: str, values: Sequence[str], **params: Any) -> Iterator[Json]:
        """The items whose field `name` has one of the values. A shop that ignores the filter is not believed."""
        for start in range(0, len(values), VALUES_AT_ONCE):
            some = values[start : start + VALUES_AT_ONCE]
            yield from (item for item in self.list(path, **params, **{name: some}) if item[name] in some)

    def call(self, method: str, path: str, *, params: Json | None = None, body: Json | None = None) -> Json:
        """One call. The answer's JSON object; else `StoreRejected` or `StoreUnavailable`."""
        what = f"{method} {path}"
        answer = _within(self.deadline, what, lambda: self._send(method, path, params, body))
        if 400 <= answer.status_code < 500 and answer.status_code not in NOT_ABOUT_THIS_CALL:
            raise StoreRejected(f"The shop refused {what} ({answer.status_code}{_code(answer)}).")
        if answer.status_code in (401, 403):
            raise StoreUnavailable(
                f"The shop does not accept the API key ({answer.status_code}). Nothing was written. Make a key with "
                "the rights orders, products and shipments in the shop under Settings > API, and set it as api_key "
                "of this store."
            )
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not answer.ok or answer.is_redirect or not isinstance(found, dict):
            raise StoreUnavailable(f"The shop answered {what} with {answer.status_code}. {UNKNOWN}")
        return found

    def _send(self, method: str, path: str, params: Json | None, body: Json | None) -> requests.Response:
        return self._session.request(
            method,
            self.url + path,
            params=params,
            json=body,
            auth=self._authorise,
            timeout=self.deadline,
            allow_redirects=False,  # a redirected POST becomes a GET, and the key would go elsewhere
        )

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # A header of the session would be overwritten by a netrc file; this is not.
        request.headers["Authorization"] = f"Bearer {self._api_key}"
        return request


UNKNOWN = "Whether it was done is looked up before anything is written again; if it stays so, see to the shop's server."


def _within(seconds: float, what: str, send: Callable[[], T]) -> T:
    """What `send` returns. The time-outs of sockets begin anew with every byte, so a thread is waited for instead."""
    answers: queue.SimpleQueue[T | requests.RequestException] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(send())
        except requests.RequestException as error:
            answers.put(error)

    threading.Thread(target=work, name="kiosk", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise StoreUnavailable(f"The shop did not answer {what} in {seconds:g} s. {UNKNOWN}") from None
    if isinstance(answer, requests.RequestException):
        # The error's own text is left out: it may hold the address with what was asked.
        raise StoreUnavailable(f"The shop gave no answer to {what} ({type(answer).__name__}). {UNKNOWN}")
    return answer


def _code(answer: requests.Response) -> str:
    """The shop's word for a refusal, if it is one: a sentence might hold what somebody typed in."""
    try:
        word = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f", {word}" if isinstance(word, str) and re.fullmatch(r"[a-z_]{1,40}", word) else ""
