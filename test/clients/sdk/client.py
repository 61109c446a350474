"""The client of the official Python SDK, driven by the tests: a JSON line with a
tool and its arguments in, the result as a JSON line out; {"tool": null} lists the
tools. It agrees to whatever the server asks the person. The server's command is the
arguments; the environment is its environment.
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import ElicitResult


async def agree(_context, _params):
    return ElicitResult(action="accept", content={})


def plain(result):
    return json.dumps(result.model_dump(mode="json", by_alias=True, exclude_none=True))


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ))
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write, elicitation_callback=agree) as session:
            await session.initialize()
            while line := await asyncio.to_thread(sys.stdin.readline):
                call = json.loads(line)
                if call["tool"] is None:
                    print(plain(await session.list_tools()), flush=True)
                else:
                    print(plain(await session.call_tool(call["tool"], call["arguments"])), flush=True)


asyncio.run(main())
