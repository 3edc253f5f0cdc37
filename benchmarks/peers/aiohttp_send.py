"""Plain aiohttp sends a broadcast: a POST with JSON a message, and nothing around it."""

import asyncio

import aiohttp

from benchmarks.peers.broadcast import TOKEN, Broadcast, run


async def main(broadcast: Broadcast) -> None:
    """Send all, so many at once."""
    url = f"{broadcast.api_url}/bot{TOKEN}/sendMessage"
    rest = iter(broadcast)

    async def sender(http: aiohttp.ClientSession) -> None:
        for chat, text in rest:
            async with http.post(url, json={"chat_id": chat, "text": text}) as response:
                answer = await response.json()
            broadcast.lost += not answer["ok"]

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(sender(http) for _ in range(broadcast.at_once)))


if __name__ == "__main__":
    run(main)
