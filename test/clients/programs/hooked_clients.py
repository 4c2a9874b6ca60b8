"""Clients that follow no proxy variable by themselves: GET one address and POST "ahoy" to another, print both bodies."""
import asyncio
import sys
from urllib.parse import urlsplit

way, get, post = sys.argv[1:4]


def http_client():
    import http.client
    bodies = []
    for method, url, body in (('GET', get, None), ('POST', post, 'ahoy')):
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == 'https' else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port)
        connection.request(method, parts.path, body)
        bodies.append(connection.getresponse().read().decode())
        connection.close()
    return bodies


def urllib3():
    import urllib3
    pool = urllib3.PoolManager(retries=False)
    return [pool.request('GET', get).data.decode(), pool.request('POST', post, body='ahoy').data.decode()]


def requests():
    import requests
    session = requests.Session()
    session.trust_env = False
    return [session.get(get).text, session.post(post, data='ahoy').text]


def httplib2():
    import httplib2
    client = httplib2.Http()
    return [client.request(get)[1].decode(), client.request(post, 'POST', body='ahoy')[1].decode()]


def httpx():
    import httpx
    return [httpx.get(get).text, httpx.post(post, content='ahoy').text]


def certifi():
    import certifi
    import ssl
    import http.client
    parts = urlsplit(get)
    context = ssl.create_default_context(cafile=certifi.where())
    bodies = []
    for method, url, body in (('GET', get, None), ('POST', post, 'ahoy')):
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context)
        connection.request(method, urlsplit(url).path, body)
        bodies.append(connection.getresponse().read().decode())
        connection.close()
    return bodies


def aiohttp():
    import aiohttp

    async def calls():
        async with aiohttp.ClientSession() as session:
            async with session.get(get) as answer:
                first = await answer.text()
            async with session.post(post, data='ahoy') as answer:
                return [first, await answer.text()]
    return asyncio.run(calls())


print(*globals()[way](), end='')
