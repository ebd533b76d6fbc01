"""What gunicorn serves. Refuses to start where invented people stand beside real data."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "throughline.web.settings")
application = get_wsgi_application()

from throughline import duties, sharing, words  # noqa: E402 - Django has to be set up first
from throughline.web.accounts import installation  # noqa: E402

installation.check()
for read in (words.kinds, duties.rulebook, sharing.policy):
    read()  # once, now, rather than while somebody waits
