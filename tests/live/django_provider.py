"""An OpenID Connect provider for the tests: django-oauth-toolkit on a free port of loopback.

The client secrets are stored as the digests on standard input: a JSON object of digests by client id.
Prints the port once it listens.
"""

import json
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:peer?mode=memory&cache=shared", "OPTIONS": {"uri": True}}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "oauth2_provider",
    ],
    MIDDLEWARE=[],
    OAUTH2_PROVIDER={"OIDC_ENABLED": True, "SCOPES": {"openid": "OpenID Connect"}},
    ROOT_URLCONF=__name__,
    SECRET_KEY="not a secret: the provider lives for one test",
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command
from django.urls import include, path
from oauth2_provider.models import get_application_model

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def main():
    call_command("migrate", verbosity=0)
    applications = get_application_model().objects
    for client_id, digest in json.loads(sys.stdin.readline()).items():
        public = digest is None
        applications.create(
            client_id=client_id,
            client_type="public" if public else "confidential",
            authorization_grant_type="authorization-code",
            redirect_uris="https://app.example.com/callback",
        )
        if not public:
            # Not by the model, which would hash the digest unless it recognises it.
            applications.filter(client_id=client_id).update(client_secret=digest)
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), WSGIServer, Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
