"""The headers that every answer carries."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
A_YEAR = 365 * 24 * 3600


def add_headers(app: Flask, *, https: bool) -> None:
    """Add the content policy and its companions to every answer; only our own files may be kept."""

    @app.after_request
    def headers(response: Response) -> Response:
        is_file = request.endpoint == "static" and response.status_code < 400
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["Cache-Control"] = _keep("v" in request.args) if is_file else "no-store"
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={2 * A_YEAR}; includeSubDomains"
        return response


def _keep(versioned: bool) -> str:
    return f"public, max-age={A_YEAR}, immutable" if versioned else "public, max-age=3600"
