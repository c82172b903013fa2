"""The one app of the project: its name in the administration, and a check of the patterns' folders at every start."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class SimulatorConfig(AppConfig):
    name = "simulator"
    verbose_name = "Scenarios and runs"

    def ready(self) -> None:
        register(pattern_folders)


def pattern_folders(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Everything that is wrong with the folders of patterns, for `manage.py check` and every command that checks."""
    from simulator import catalog  # models and settings have to be there first
    from simulator.engine.errors import Refused

    try:
        catalog.patterns()
    except Refused as refused:
        return [Error(str(problem), hint=problem.cure or None, id="simulator.E001") for problem in refused.problems]
    return []
