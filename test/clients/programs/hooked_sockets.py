"""WebSocket clients of Python: says "ahoy", prints what comes back."""
import asyncio
import sys

way, url = sys.argv[1:3]


def websockets():
    from websockets.asyncio.client import connect

    async def talk():
        async with connect(url) as socket:
            await socket.send('ahoy')
            return await socket.recv()
    return asyncio.run(talk())


def aiohttp():
    import aiohttp

    async def talk():
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            await socket.send_str('ahoy')
            return (await socket.receive()).data
    return asyncio.run(talk())


print(globals()[way](), end='')
