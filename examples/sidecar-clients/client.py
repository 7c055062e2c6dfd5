"""Writes a report only while this sidecar's candidate leads, into a database that refuses leaders of the past.

It follows the election by long polls, each answered at once when something changes, and after a second otherwise.

    python3 client.py [URL of the election [file of the database]]
"""

import http.client
import json
import sqlite3
import sys
import time
import urllib.request
from contextlib import closing

NEAR = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy
WORK_SECONDS = 0.5  # what one piece of work may take


def write(database, token, text):
    """Whether the database took it: it remembers the greatest token that it has seen."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS report (id INTEGER PRIMARY KEY, token INTEGER, body TEXT)")
        connection.execute("INSERT OR IGNORE INTO report VALUES (1, 0, '')")
        update = "UPDATE report SET body = ?, token = ? WHERE id = 1 AND token <= ?"
        return connection.execute(update, (text, token, token)).rowcount == 1


def main(url="http://localhost:4040/v1/elections/example", database="report.db"):
    revision, said = 0, None
    while True:
        sent, election, own = time.monotonic(), None, None
        try:
            with NEAR.open(f"{url}?after={revision}&timeout=1s", timeout=3) as answer:
                election = json.load(answer)
            own = next((each for each in election["candidates"] if each["leading"]), None)
        except (OSError, http.client.HTTPException, ValueError) as e:
            print(e, file=sys.stderr)  # which says nothing about who leads
            time.sleep(1)
        revision = election["revision"] if election else 0
        leader = election and election["leader"]
        other = f"follows {leader['name']}" if leader else "knows no leader"
        now = f"leads, fencing token {own['fencingToken']}" if own else other
        if now != said:
            print(now, flush=True)
        said = now
        # Counted from before we asked, so that we are done before the term is over.
        if own and time.monotonic() + WORK_SECONDS < sent + own["remainingMillis"] / 1000:
            taken = write(database, own["fencingToken"], f"written at {time.ctime()}")
            print("works" if taken else "is refused", f"fencing token {own['fencingToken']}", sep=", ", flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
