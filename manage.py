#!/usr/bin/env python
"""`manage.py start` sets everything up and serves, `manage.py test` sets up and tests; anything else is Django's.

Only the standard library is used before the packages are there, so both work on a machine with nothing but Python.
"""

from __future__ import annotations  # so that an old Python gets as far as our message

import os
import sys


def main(arguments: list[str]) -> int:
    from simulator import bootstrap

    command = arguments[0] if arguments else ""
    if command == "test":
        return bootstrap.run_tests(arguments[1:])
    if command == "start":
        bootstrap.python_packages("requirements.txt")
        bootstrap.node_packages(development=False)
    else:
        bootstrap.enter_environment()
    if command == "runserver":
        os.environ.setdefault("WAYSTATION_DEBUG", "1")
    bootstrap.secret_key()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "simulator.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], *arguments])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
