"""One validated ``Settings``: environment ``TEMOIN_*`` over ``temoin.toml`` over the defaults.

Loaded once in a shell (``load_settings``) and passed down; nothing below asks for it. Unknown keys fail,
numbers have bounds, and every message names the setting and what it accepts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError

PREFIX = "TEMOIN_"


class Settings(BaseSettings):
    """Everything that can be chosen. Each field is ``TEMOIN_<NAME>`` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file="temoin.toml", extra="forbid", frozen=True, validate_default=True
    )

    # Where things are
    corpus: Path = Field(Path("corpus"), description="Folder of documents")
    index: Path = Field(Path(".temoin"), description="Folder of the catalog and the vectors")
    cache: Path = Field(
        default_factory=lambda: user_cache_path("temoin", appauthor=False),
        description="Folder of the assembled models",
    )

    # Embeddings
    embedder: Path | None = Field(None, description="A sentence-transformers folder instead of the shipped e5")
    embedder_dtype: Literal["auto", "float32", "bfloat16"] = Field("auto", description="Precision of the embedder")
    embedder_batch: int = Field(32, ge=1, le=1024, description="Sentences embedded at once")

    # Language model
    llm: Path | None = Field(None, description="A GGUF file instead of the shipped model")
    llm_url: str | None = Field(None, description="An OpenAI-compatible server (…/v1) instead of the embedded one")
    llm_model: str = Field("temoin", description="Model name asked of that server")
    llm_api_key: SecretStr = Field(SecretStr(""), description="Its API key")
    llm_timeout: float = Field(60.0, gt=0, le=3600, description="Seconds before the model counts as down")
    llm_context: int = Field(4096, ge=1024, le=131072, description="Context window in tokens")
    llm_adapter: Literal["on", "off"] = Field(
        "on", description="Whether the shipped model hears witnesses as it was fitted to, or as it came"
    )
    llm_threads: int = Field(0, ge=0, le=256, description="Threads of the embedded model; 0: all physical cores")

    # Vector store
    chroma_url: str | None = Field(None, description="A Chroma server (http://host:8000) instead of the index folder")
    chroma_token: SecretStr = Field(SecretStr(""), description="Bearer token of that server, if it wants one")
    chroma_cloud_api_key: SecretStr = Field(SecretStr(""), description="Chroma Cloud key; switches to the cloud")
    chroma_cloud_tenant: str = Field("", description="Chroma Cloud tenant")
    chroma_cloud_database: str = Field("", description="Chroma Cloud database")
    collection: str = Field("temoin", pattern=r"^[a-zA-Z0-9._-]{3,100}$", description="Chroma collection")

    # Answers
    evidence_sentences: int = Field(
        8, ge=1, le=32, description="Sentences the model is shown first; as many again before it is silent"
    )
    evidence_tokens: int = Field(320, ge=60, le=8000, description="Their tokens, all together")
    caution: Literal["cautious", "balanced", "bold"] = Field("cautious", description="How sure before answering")
    translations: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Statements of the other language translated, or quoted as they are; `auto`: by the shipped model quoted",
    )
    checker: Literal["off", "llm"] | Path = Field(
        "off", description="Second opinion on wordings: `off`, `llm`, or the folder of a cross-encoder trained on NLI"
    )
    question_limit: int = Field(2000, ge=50, le=20000, description="Longest question, in characters")

    # Page and interfaces
    host: str = Field("127.0.0.1", description="Address the page is served on")
    port: int = Field(7860, ge=0, le=65535, description="Its port")
    uploads: Literal["on", "off"] = Field("on", description="Whether documents can be added from the page")
    upload_mb: int = Field(20, ge=1, le=500, description="Largest upload, in megabytes")
    file_mb: int = Field(50, ge=1, le=2000, description="Largest file ingested, in megabytes")
    api_key: SecretStr = Field(SecretStr(""), description="Key asked of programs that call the API; empty: none")
    users: Path | None = Field(None, description="File of users and hashed passwords; none: no login")
    rate_limit: str = Field("30/minute", description="Questions a user may ask, e.g. 30/minute")

    @property
    def translating(self) -> bool:
        """Whether a statement may be a translation: of those the shipped model makes too many err (docs/answers.md)."""
        own = self.llm is not None or self.llm_url is not None
        return self.translations == "on" or (self.translations == "auto" and own)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, ``temoin.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` (from a command line) win. Raises SettingsError, one line."""
    given = {key: value for key, value in overrides.items() if value is not None}
    _refuse_unknown_environment()
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name!r} ({PREFIX}{name.upper()}): {first['msg']}, not {first['input']!r}; "
            "see the settings table in the README"
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"temoin.toml cannot be read ({error}); correct it or remove it") from error


def _refuse_unknown_environment() -> None:
    """A misspelt TEMOIN_ variable would otherwise be ignored in silence."""
    import os

    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(key for key in os.environ if key.upper().startswith(PREFIX) and key.upper() not in known)
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]}; known ones are in the settings table of the README")
