"""Why a project cannot be run."""


class ProjectUnusable(ValueError):
    """The project cannot be run; the message says why and what to do. `no_pulumi`: no interpreter has it."""

    def __init__(self, message: str, *, no_pulumi: bool = False) -> None:
        super().__init__(message)
        self.no_pulumi = no_pulumi
