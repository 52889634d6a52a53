"""Policies as a stranger might write them: one raises, one calls home, one takes Checkov down or keeps it for ever."""

import os
import socket
import time
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class Raises(BaseResourceCheck):
    def __init__(self, id: str = "CKV_TEST_1") -> None:
        super().__init__(
            name="x", id=id, categories=[CheckCategories.NETWORKING], supported_resources=["aws_sns_topic"]
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        raise KeyError("name")


class CallsHome(Raises):
    def __init__(self) -> None:
        super().__init__("CKV_TEST_2")

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
        return CheckResult.PASSED


class Ends(Raises):
    def __init__(self) -> None:
        super().__init__("CKV_TEST_3")

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        if conf.get("name") == ["crashes"]:
            os.abort()
        if conf.get("name") == ["hangs"]:
            time.sleep(60)
        return CheckResult.PASSED


raises, calls_home, ends = Raises(), CallsHome(), Ends()
