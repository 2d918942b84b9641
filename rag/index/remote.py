"""Vectors on a Chroma server or in Chroma Cloud: how each is reached, and the limits it sets."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rag.errors import LibraryError
from rag.index.chroma import ChromaVectors, hnsw, quiet

#: Rows after which a server writes its index files. What is not in them it replays from its log when it
#: starts, about a second a thousand rows; a server killed while it writes may have to be filled anew.
SERVER_SYNC = 20_000
#: Records of one call to Chroma Cloud, written or returned: its default quota (docs.trychroma.com/cloud/quotas-limits).
CLOUD_LIMIT = 300


class ServerVectors(ChromaVectors):
    """Vectors on a Chroma server, reached at once."""

    def __init__(self, url: str, token: str, name: str, owner: str) -> None:
        """``url``: http://host:port; ``token``: sent as a bearer token, unless empty. Raises LibraryError."""
        self._address = _address(url)
        self._headers = {"Authorization": f"Bearer {token}"} if token else None
        super().__init__(f"{url.rstrip('/')} ({name})", name, owner)
        with self._vendor("reached"):
            self._collections()

    def _connect(self) -> Any:
        from chromadb import HttpClient

        return HttpClient(**self._address, headers=self._headers, settings=quiet())

    def _configuration(self) -> dict[str, Any]:
        return {"hnsw": hnsw(SERVER_SYNC)}

    def _remedy(self) -> str:
        return "check that the Chroma server runs and that TEMOIN_CHROMA_URL names it"


class CloudVectors(ChromaVectors):
    """Vectors in Chroma Cloud, reached at once; its limit of records a call is kept."""

    limit = CLOUD_LIMIT

    def __init__(self, key: str, tenant: str, database: str, name: str, owner: str) -> None:
        """Tenant and database may be empty where the key belongs to one only. Raises LibraryError."""
        self._account = (tenant or None, database or None, key)
        super().__init__(f"Chroma Cloud {tenant}/{database} ({name})", name, owner)
        with self._vendor("reached"):
            self._collections()

    def _connect(self) -> Any:
        from chromadb import CloudClient

        tenant, database, key = self._account
        return CloudClient(tenant=tenant, database=database, api_key=key, settings=quiet())

    def _configuration(self) -> dict[str, Any]:
        return {"spann": {"space": "cosine"}}

    def _remedy(self) -> str:
        return "check TEMOIN_CHROMA_CLOUD_API_KEY, _TENANT and _DATABASE"


def _address(url: str) -> dict[str, Any]:
    """``HttpClient``'s arguments for a URL. Raises LibraryError when it is none."""
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        secure = {"http": False, "https": True}[parts.scheme]
        if not parts.hostname or parts.path.strip("/"):
            raise ValueError(url)
        return {"host": parts.hostname, "port": parts.port or (443 if secure else 8000), "ssl": secure}
    except (ValueError, KeyError) as error:
        raise LibraryError(f"TEMOIN_CHROMA_URL is {url!r}, not like http://host:8000; correct it") from error
