"""All that Checkov says, also what its own report drops in silence: policies that could not decide, or that raised."""

from typing import Any


class Answers:
    """Collects every record, also those that Checkov's own report leaves out."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []
        self.raised: set[tuple[str, str]] = set()

    def take(self, record: Any) -> None:  # noqa: ANN401 - Checkov has no types
        """One record: PASSED, FAILED, SKIPPED or UNKNOWN."""
        severity = getattr(record.severity, "name", None)
        details = [str(line) for line in record.details or ()]
        self.results.append(
            {
                "rule": record.check_id,
                "title": record.check_name,
                "result": str(record.check_result["result"].value),
                "resource": record.resource_address or record.resource,
                "severity": severity.lower() if severity else None,
                "details": details,
                "keys": [str(key) for key in record.check_result.get("evaluated_keys") or ()],
            }
        )


def watched(answers: Answers) -> None:
    """Make Checkov tell what it would drop: unknown results, and policies that raise (one would end the whole run)."""
    from checkov.common.checks.base_check import BaseCheck  # noqa: PLC0415 - Checkov is loaded once the hook stands
    from checkov.common.models.enums import CheckResult  # noqa: PLC0415 - as above
    from checkov.common.output.report import Report  # noqa: PLC0415 - as above

    add_record, run = Report.add_record, BaseCheck.run

    def add(self: Any, record: Any) -> None:  # noqa: ANN401 - Checkov has no types
        answers.take(record)
        add_record(self, record)

    def careful(self: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - Checkov has no types
        try:
            return run(self, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - a policy of another project may raise anything
            answers.raised.add((self.id, type(error).__name__))
            return {"result": CheckResult.UNKNOWN}

    Report.add_record, BaseCheck.run = add, careful  # type: ignore[method-assign]
