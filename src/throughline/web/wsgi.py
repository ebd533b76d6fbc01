"""What gunicorn serves. Refuses to start where invented people stand beside real data."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "throughline.web.settings")
application = get_wsgi_application()

from throughline.web.accounts import installation  # noqa: E402 - Django has to be set up first

installation.check()
