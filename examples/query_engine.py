"""Témoin inside a llama-index program."""

from rag import Settings
from rag.query_engine import TemoinQueryEngine

engine = TemoinQueryEngine.open(Settings())
response = engine.query("How many accounts did Meta disable in August?")
print(response)
for node in response.source_nodes:
    print(f"[{node.metadata['label']}] {node.metadata['document']}: {node.text}")
engine.close()
