"""Reads through the proxy with urllib or requests until its time is over; prints a line of JSON for each call."""

import hashlib
import json
import random
import sys
import time
import urllib.error
import urllib.request


def with_urllib(url, body):
    headers = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def with_requests():
    import requests

    session = requests.Session()

    def send(url, body):
        headers = {"Content-Type": "application/json"} if body else {}
        response = session.request(
            "POST" if body else "GET", url, data=body, headers=headers, timeout=60
        )
        return response.status_code, response.content, response.headers

    return send


def main():
    client, base, seconds, seed, calls = sys.argv[1:6]
    send = with_urllib if client == "urllib" else with_requests()
    chance = random.Random(int(seed))
    known = json.loads(calls)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        path, body = chance.choice(known)
        try:
            status, content, headers = send(base + path, body.encode() if body else None)
        except Exception:  # the response broke off
            status, content, headers = 0, b"", {}
        line = {
            "path": path,
            "body": body,
            "status": status,
            "sha": hashlib.sha256(content).hexdigest(),
            "code": headers.get("x-defender-code"),
            "attempts": int(headers.get("x-defender-attempts", "0")),
        }
        print(json.dumps(line), flush=True)
        time.sleep(0.02)


main()
