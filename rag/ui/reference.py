"""The interfaces for programs, described for people: one plain page made from the OpenAPI description."""

from __future__ import annotations

import json
from typing import Any

from rag.ui.marks import esc

_STYLE = (
    "body{font:1rem/1.55 system-ui,sans-serif;max-width:76ch;margin:2rem auto;padding:0 1rem;color:#22262a;background:#fbfaf7}"
    "pre{background:#fff;border:1px solid #dfdcd4;border-radius:8px;padding:.75rem;overflow:auto;font-size:.875rem}"
    "h1{font-family:Georgia,serif}h2{font-size:1.0625rem;margin:2rem 0 .25rem}code{font-size:.9375em}"
)


def reference(openapi: dict[str, Any]) -> str:
    """Every operation with its summary and the shape of its request; everything needed is in the page itself."""
    schemas = openapi.get("components", {}).get("schemas", {})
    operations = "".join(
        _operation(method, path, operation, schemas)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{esc(openapi["info"]["title"])}: API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body><main>'
        f"<h1>{esc(openapi['info']['title'])}: API</h1><p>With an API key set (<code>TEMOIN_API_KEY</code>), send "
        "<code>Authorization: Bearer …</code>. The machine-readable description is at "
        '<a href="/openapi.json">/openapi.json</a>, an MCP server at <code>/mcp</code>, figures for Prometheus at '
        f"<code>/metrics</code>.</p>{operations}</main></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{esc(one['name'])}</code> ({esc(one['in'])})</li>" for one in operation.get("parameters", ())
    )
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = body.get("$ref", "").rsplit("/", 1)[-1]
    shape = f"<pre>{esc(json.dumps(schemas[name].get('properties', {}), indent=2))}</pre>" if name in schemas else ""
    return (
        f"<h2><code>{esc(method.upper())} {esc(path)}</code></h2><p>{esc(operation.get('summary', ''))}</p>"
        f"{f'<ul>{parameters}</ul>' if parameters else ''}{shape}"
    )
