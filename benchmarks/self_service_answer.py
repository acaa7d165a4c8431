"""Whether the time of an answer tells if somebody is here: POST /my-data/ over HTTP, known and unknown in turns.

    python benchmarks/self_service_answer.py --postgres postgresql://USER@HOST/NAME [--asks 300] [--next]

The PostgreSQL database must be empty and is filled. Each known question is one that leads to a letter. With
``--next`` the request after the question is timed instead, while the thread behind looks the person up. What is
noise is told by random halves of the unknown: the difference of their medians, which 95 of 100 stay under.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import statistics
import tempfile
import threading
import time
import urllib.parse
from itertools import cycle, islice
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

import admin_app.views.self_service as asking
from admin_app import create_app
from admin_app.post_office import PLACE
from admin_app.serving import open_server
from tests.admin.cast import HIDDEN, build_cast
from wmcrm.db import open_engine, schema
from wmcrm.models import metadata
from wmcrm.settings import Settings

WHO = {"known": HIDDEN, "unknown": "nobody@example.net"}
TURNS = ("known", "unknown", "unknown", "known")
WARMING = 20
Answer = tuple[int, str | None, bytes]


class Asker:
    """Somebody with one connection and the token of the form."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        page = self._send("GET", "")
        self.cookie = str(page.getheader("Set-Cookie")).partition(";")[0]
        self.token = re.findall(r'name="csrf_token" value="([^"]+)"', self.body.decode())[0]

    def _send(self, method: str, body: str, **headers: str) -> http.client.HTTPResponse:
        self.connection.request(method, "/my-data/", body, headers)
        response = self.connection.getresponse()
        self.body = response.read()
        return response

    def look(self) -> float:
        """Milliseconds of the page with the form."""
        began = time.perf_counter()
        self._send("GET", "", Cookie=self.cookie)
        return (time.perf_counter() - began) * 1000

    def ask(self, who: str) -> tuple[float, Answer]:
        """Milliseconds of a question, and its whole answer."""
        body = urllib.parse.urlencode({"csrf_token": self.token, "who": who})
        kind = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        response = self._send("POST", body, Cookie=self.cookie, **{"Content-Type": kind})
        return (time.perf_counter() - began) * 1000, (response.status, response.getheader("Location"), self.body)


def measure(app: Flask, engine: Engine, asks: int, *, after: bool) -> tuple[dict[str, list[float]], set[Answer]]:
    """Times by kind, and every answer that differed."""
    server, port = open_server(app, "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    asker, times, answers = Asker(port), {kind: list[float]() for kind in WHO}, set[Answer]()
    for number, kind in enumerate(islice(cycle(TURNS), 2 * asks + WARMING)):
        app.extensions[PLACE].wait()
        with engine.begin() as connection:
            connection.execute(sa.delete(metadata.tables["letter"]))  # an address gets three a day
        spent, answer = asker.ask(WHO[kind])
        spent = asker.look() if after else spent
        if number >= WARMING:
            times[kind].append(spent)
            answers.add(answer)
    app.extensions[PLACE].wait()
    server.close()
    return times, answers


def noise(times: list[float]) -> float:
    """By how much the medians of two random halves differ at most, 95 times of 100."""
    found = []
    for _ in range(2000):
        random.shuffle(times)
        half = len(times) // 2
        found.append(abs(statistics.median(times[:half]) - statistics.median(times[half:])))
    return sorted(found)[int(len(found) * 0.95)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", required=True)
    parser.add_argument("--asks", type=int, default=300)
    parser.add_argument("--next", action="store_true", help="time the request after the question")
    told = parser.parse_args()
    engine = open_engine(told.postgres)
    schema.prepare(engine)
    build_cast(engine)
    unlimited = patch.object(asking, "take_try")  # ten questions in five minutes would end this
    with tempfile.TemporaryDirectory() as folder, unlimited:
        app = create_app(Settings(database_url=told.postgres, secret_key="m" * 40, data_dir=folder))
        times, answers = measure(app, engine, told.asks, after=told.next)
    medians = {kind: statistics.median(spent) for kind, spent in times.items()}
    for kind, median in medians.items():
        print(f"{kind}: {len(times[kind])} asks, median {median:.2f} ms")
    print(f"known - unknown: {medians['known'] - medians['unknown']:+.2f} ms; noise {noise(times['unknown']):.2f} ms")
    print(f"{len(answers)} different answer(s): {[answer[:2] for answer in answers]}")


if __name__ == "__main__":
    main()
