"""The way down: what has to be let go of before `pulumi destroy` can take the data of a stack along.

Data is held three times: the engine's `protect` (prod), AWS's own deletion protection (tables, firewall), and buckets
that are not deleted while they hold objects. `release` takes all three off with the next `pulumi up`, and changes
nothing else. What stays in AWS after the stack is gone: keys and secrets wait for their deletion windows (30 days).
"""

from __future__ import annotations

from infra.config_reader import Section

KEY = "release"


def read_release(section: Section) -> bool:
    """True when the setting is the stack's own account. Raises SettingsError for anything else that is not empty."""
    given = section.text(KEY, r"\d{12}|", "the stack's accountId, to let go of its data before `pulumi destroy`", "")
    account = section.text("accountId", r"\d{12}", "the 12 digits of the AWS account, in quotes")
    if given and given != account:
        raise section.error(KEY, f"is {given}, and accountId is {account}; set it to that, or remove it")
    return bool(given)
