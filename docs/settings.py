"""Write the table of settings into the README, from the settings themselves: ``python docs/settings.py``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import SecretStr

from rag.settings import PREFIX, Settings

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"(<!-- settings: [^\n]*-->\n).*?(<!-- /settings -->)", re.DOTALL)


def table() -> str:
    """The Markdown table: name, default, what it does."""
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "the user's cache" if field.default_factory else field.default
        shown = "" if default is None or isinstance(default, SecretStr) or default == "" else f"`{default}`"
        rows.append(
            f"| `{PREFIX}{name.upper()}` | {shown.replace('`the', 'the').replace('cache`', 'cache')} | {field.description} |"
        )
    return "\n".join(rows) + "\n"


def with_table(readme: str) -> str:
    """The README with the table in its place."""
    return _BLOCK.sub(lambda match: f"{match[1]}{table()}{match[2]}", readme)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
