"""Checkov is loaded once, with all policies and without what no plan needs."""

import logging
import sys
from collections.abc import Callable
from functools import cached_property
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from .answers import Answers, watched
from .late_names import NamesLater
from .providers import ProvidersLater, has_others, load_others

TERRAFORM_PLAN = "terraform_plan"
_SKIPPED = ["CKV_TF_*"]  # on modules' sources: a plan of ours has none
_CLIENTS = frozenset({"aiohttp", "boto3", "docker"})


class _Late(ModuleType):
    """Executes itself when it is asked for what it does not have yet; `LazyLoader` does so with the second import."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a module may hold
        ModuleType.__setattr__(self, "__class__", ModuleType)
        loader = self.__spec__.loader if self.__spec__ else None
        if isinstance(loader, _LateLoader):
            loader.execute(self)
        return getattr(self, name)


class _LateLoader(Loader):
    """Makes a module that waits."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> None:
        """As any module is made."""

    def exec_module(self, module: ModuleType) -> None:
        """Not yet."""
        module.__class__ = _Late

    def execute(self, module: ModuleType) -> None:
        """Now."""
        self._loader.exec_module(module)


class ClientLater:
    """Finds the clients of services that no plan is asked about, to be executed with their first use."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401 - as importlib asks
        """Its place, with a loader that waits; None for everything else."""
        found = PathFinder.find_spec(name, path, target) if name in _CLIENTS else None
        if found is not None and found.loader is not None:
            found.loader = _LateLoader(found.loader)
        return found


def put_off() -> None:
    """What Checkov loads and a plan may never need: its clients of services, and the tables of its parser of HCL."""
    import lark  # noqa: PLC0415 - Checkov is loaded once the hook stands

    sys.meta_path[:0] = [ClientLater(), NamesLater(), ProvidersLater()]
    plain = lark.Lark

    class Late:
        """Builds its tables when something is parsed."""

        def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Lark's own
            self._options = options

        @cached_property
        def _parser(self) -> lark.Lark:
            return plain(**self._options)

        def parse(self, text: str) -> Any:  # noqa: ANN401 - as above
            return self._parser.parse(text)

    lark.Lark = Late  # type: ignore[misc,assignment]
    import hcl2.parser  # noqa: F401, PLC0415 - binds the late one

    lark.Lark = plain  # type: ignore[misc]


def load(answers: Answers, policies: list[str]) -> Callable[[str, str], Any]:
    """Import Checkov with all policies (seconds) and give the function that runs it: file and framework to a report.

    What its runner would load once it has the plan, ours first and then its own, is loaded here: nobody waits for it.
    """
    put_off()
    from checkov.cloudformation.parser import cfn_yaml  # noqa: PLC0415 - Checkov is loaded once the hook stands
    from checkov.common.util.consts import MAX_IAC_FILE_SIZE  # noqa: PLC0415 - as above
    from checkov.runner_filter import RunnerFilter  # noqa: PLC0415 - as above
    from checkov.terraform.checks.resource.registry import resource_registry  # noqa: PLC0415 - as above
    from checkov.terraform.plan_runner import Runner  # noqa: PLC0415 - as above

    watched(answers)
    logging.disable(logging.CRITICAL)
    graph_registry = Runner().graph_registry  # one for all runners
    for folder in policies:
        resource_registry.load_external_checks(folder)
        graph_registry.load_external_checks(folder)
    graph_registry.load_checks()

    def run(file: str, framework: str) -> Any:  # noqa: ANN401 - Checkov has no types
        # Any plan counts as large, which Checkov reads as JSON and not as YAML: it is judged in half the time, and only
        # lacks the numbers of lines, which are all the same in ours.
        large = 0 if framework == TERRAFORM_PLAN else MAX_IAC_FILE_SIZE
        cfn_yaml.MAX_IAC_FILE_SIZE = large  # type: ignore[attr-defined] # imported there
        if framework == TERRAFORM_PLAN and has_others(Path(file)):
            load_others()
        chosen = RunnerFilter(framework=[framework], skip_checks=_SKIPPED)
        return _runner(framework).run(root_folder=None, files=[file], runner_filter=chosen)

    return run


def _runner(framework: str) -> Any:  # noqa: ANN401 - Checkov has no types
    if framework == TERRAFORM_PLAN:
        from checkov.terraform.plan_runner import Runner  # noqa: PLC0415 - as above

        return Runner()
    if framework == "cloudformation":
        from checkov.cloudformation.runner import Runner as TemplateRunner  # noqa: PLC0415 - as above

        return TemplateRunner()
    raise ValueError(f"no runner for {framework}")
