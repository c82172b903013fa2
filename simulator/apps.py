"""The apps of the project: ours, with a check of the patterns' folders at every start, and Django's administration
with our site.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.checks import CheckMessage, Error, register


class SimulatorConfig(AppConfig):
    name = "simulator"
    verbose_name = "Scenarios and runs"

    def ready(self) -> None:
        register(pattern_folders)


class AdministrationConfig(AdminConfig):
    default_site = "simulator.pages.administration.Administration"


def pattern_folders(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Everything that is wrong with the folders of patterns, for `manage.py check` and every command that checks."""
    from simulator import catalog  # models and settings have to be there first
    from simulator.engine.errors import Refused

    try:
        catalog.patterns()
    except Refused as refused:
        return [Error(str(problem), hint=problem.cure or None, id="simulator.E001") for problem in refused.problems]
    return []
