"""Stops the pollers after each test, and provides a learner's server."""

from collections.abc import Iterator

import pytest
from flask import Flask, redirect, request
from twilio.request_validator import RequestValidator

from helpers.controls.follow import poller
from helpers.webhooks.server import CallbackServer, serve


@pytest.fixture(autouse=True)
def ended_threads() -> Iterator[None]:
    yield
    poller.stop_all()


@pytest.fixture
def server(session) -> Iterator[CallbackServer]:
    """Returns whether a request has a valid signature, or echoes the request."""
    app = Flask("learners")
    validator = RequestValidator(session.auth_token)

    @app.post("/assignment_callback")
    def assignment_callback():
        signature = request.headers.get("X-Twilio-Signature", "")
        return {"genuine": validator.validate(request.url, request.form, signature)}

    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        body = request.get_data(as_text=True)
        signed = "X-Twilio-Signature" in request.headers
        return {"type": request.content_type, "body": body, "signed": signed}

    @app.get("/elsewhere")
    def elsewhere():
        return redirect("/assignment_callback")

    server = serve(app, session, port=None)
    yield server
    server.stop()
