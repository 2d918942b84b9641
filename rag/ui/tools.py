"""An MCP server: ``ask``, ``search`` and ``document`` as tools for any MCP client, over streamable HTTP at /mcp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

from rag.contract import to_json
from rag.errors import RagError
from rag.ui.door import USER
from rag.ui.service import Service

if TYPE_CHECKING:
    from starlette.applications import Starlette

_ABOUT = (
    "Answers questions in French or English from a fixed set of documents. Every statement of an answer has been "
    "checked against the sentence it cites; a status of not_found means that the documents do not say."
)


def build_tools(service: Service) -> MCPServer:
    """The MCP server. A client counts as the user it logged in as, else as its address, as at every other door."""
    server = MCPServer("temoin", title="Témoin", instructions=_ABOUT, log_level="WARNING")

    @server.tool(title="Ask the documents")
    async def ask(question: str, context: Context) -> dict[str, Any]:
        """Answer a question from the documents, in its language: statements, each with exact citations."""
        return to_json(await _told(service.answer, _user(context), question))

    @server.tool(title="Search the documents")
    async def search(text: str, context: Context, limit: int = 10) -> list[dict[str, Any]]:
        """Sentences that hold the words of the text, best first, with their places in the documents."""
        found: list[dict[str, Any]] = await _told(service.search, _user(context), text, limit)
        return found

    @server.tool(title="Read a document")
    async def document(id: str = "") -> dict[str, Any]:
        """One document's card and whole text by its id; without an id, the cards of all documents."""
        if not id:
            return {"documents": await _told(service.documents)}
        read: dict[str, Any] = await _told(service.document, id)
        return read

    return server


def mcp_app(server: MCPServer) -> Starlette:
    """The server's ASGI application. The door has already looked at the Host header and the API key."""
    open_door = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return server.streamable_http_app(streamable_http_path="/mcp", stateless_http=True, transport_security=open_door)


def _user(context: Context) -> str:
    """Whom the door let in."""
    request = context.request_context.request
    return str(request.scope.get(USER, "program")) if request is not None else "program"


async def _told(work: Any, *values: Any) -> Any:
    """Run blocking work in a thread; what the user can mend becomes the tool's error."""
    try:
        return await anyio.to_thread.run_sync(work, *values)
    except RagError as error:
        raise ToolError(str(error)) from error
