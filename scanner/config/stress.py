"""`stress:` of an environment: the most that a stress test may put on one host."""

from typing import Annotated

from pydantic import Field

from scanner.config.strict import Strict


class StressConfig(Strict):
    """All bursts of a run together, for each host; what is left out keeps its default."""

    requests_per_second: Annotated[float, Field(gt=0, le=2000)] = 50.0
    max_requests: Annotated[int, Field(ge=1, le=1_000_000)] = 3000
    max_seconds: Annotated[float, Field(gt=0, le=3600)] = 400.0
    max_connections: Annotated[int, Field(ge=2, le=1000)] = 50
    max_bytes: Annotated[int, Field(ge=1024)] = 100 * 2**20
