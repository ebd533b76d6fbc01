"""Django's commands: ``python -m throughline.web.manage migrate`` and the rest."""

from __future__ import annotations

import os
import sys


def main(argv: list[str] | None = None) -> None:
    """Run one command; `argv` as ``sys.argv`` gives it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "throughline.web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv or sys.argv)


if __name__ == "__main__":
    main()
