"""What the runtime is compared with: the standard library's event loop, with as much HTTP as the request needs.

http.server makes a thread for each connection and is several times slower.
"""

import asyncio
import json


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    while head := (await reader.readuntil(b"\r\n\r\n")).lower():
        size = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        request = json.loads(await reader.readexactly(size))
        answer = {"normal": "Hello World!", "env1": request["env"]["ENV1"], "payload": request["payload"]}
        body = json.dumps(answer).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )


async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve until the client goes."""
    try:
        await serve(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    """Listen."""
    async with await asyncio.start_server(connected, "0.0.0.0", 3000) as server:  # noqa: S104 - in a container
        await server.serve_forever()


asyncio.run(main())
