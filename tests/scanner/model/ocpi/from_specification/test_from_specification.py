import json
import os
from importlib.resources import files

import pytest

from scanner.model.ocpi.from_specification.__main__ import documents, main
from scanner.model.ocpi.from_specification.assemble import Incomplete, Page, document
from scanner.model.ocpi.from_specification.calls import calls
from scanner.model.ocpi.from_specification.read import UnknownWording, linked, type_expression
from scanner.model.ocpi.from_specification.review import review
from scanner.model.ocpi.from_specification.tables import UnevenTable, asciidoc_tables, markdown_tables

ASCIIDOC = """
*Module Identifier: `boxes`*

== Boxes module
=== Interfaces
==== Sender Interface
|===
|Method |Description

|<<boxes_get,GET>> |Fetch a list.
|POST |n/a
|===
=== Object description
==== _Box_ Object
[cols="1,1,1,2",options="header"]
|===
|Property |Type |Card. |Description

|[[anchor]] id |<<types.asciidoc#ci,CiString>>(36) |1 |The id,
     over two lines.
|sizes |<<boxes_size,Size>> |* |All of them. |
|===
=== Data types
==== Size _OpenEnum_
|===
|Value |Sold +
        only |Description

|SMALL |Y| a small one
|LARGE a|
a|A large one
|===
"""
MARKDOWN = """
**Module Identifier: `boxes`**
## 2. Interfaces
### 2.1 CPO Interface
| Method | Description |
|--------|-------------|
| [GET](#get) | All |
| PUT | n/a |

### 3.1 _Box_ Object
| Property | Type | Card. | Description |
|----------|------|-------|-------------|
| *Choice: one of two* |  |  | |
|  > id | [string](types.md#s)(36) | 1 | one |
|  > name | [string](types.md#s)(36) | 1 | two |
| open | boolean | 1 | Is it? | |
<div></div>
"""


def test_asciidoc_tables_become_facts():
    made = document("9", {}, [Page(name="mod_boxes", markdown=False, text=ASCIIDOC)])
    assert made["modules"]["boxes"]["sides"] == {"sender": ["GET"]}
    assert made["classes"]["Box"]["properties"] == {"id": "CiString(36)", "sizes": "Size*"}
    assert made["enums"]["Size"] == {"page": "mod_boxes", "open": True, "values": ["SMALL", "LARGE"]}


def test_markdown_tables_become_facts_and_a_choice_makes_its_members_optional():
    made = document("9", {}, [Page(name="mod_boxes", markdown=True, text=MARKDOWN)])
    assert made["modules"]["boxes"]["sides"] == {"sender": ["GET"]}
    properties = made["classes"]["Box"]["properties"]
    assert properties == {"id": "string(36)?", "name": "string(36)?", "open": "boolean"}


def test_a_type_that_no_page_declares_is_an_error():
    with pytest.raises(Incomplete, match=r"Box\.sizes is a Size"):
        document("9", {}, [Page(name="mod_boxes", markdown=False, text=ASCIIDOC.partition("=== Data types")[0])])


def test_a_table_that_does_not_fill_its_columns_is_an_error():
    with pytest.raises(UnevenTable):
        list(asciidoc_tables("|===\n|A |B\n\n|1 |2\n|3\n|===\n"))
    with pytest.raises(UnevenTable):
        list(markdown_tables("| A | B |\n|---|---|\n| 1 |\n"))


def test_a_wording_that_is_not_known_is_an_error():
    with pytest.raises(UnknownWording):
        type_expression("Array or Object", "1")
    with pytest.raises(UnknownWording):
        type_expression("string", "1..*")


def test_links_are_removed():
    assert linked("<<types.asciidoc#x,CiString>>(36)") == "CiString(36)"
    assert linked("[string](types.md#15-string-type)(36)") == "string(36)"


def test_the_review_listing_is_the_one_made_from_the_data():
    data = files("scanner.model.ocpi") / "data"
    made = {v: json.loads((data / f"{v}.json").read_text()) for v in ("2.1.1", "2.2.1", "2.3.0")}
    assert review(made) == (data / "REVIEW.md").read_text()


def test_without_a_checkout_it_says_how_it_is_called(capsys):
    assert main([]) == 2
    assert "path/to/ocpi" in capsys.readouterr().err


@pytest.mark.skipif("OCPI_SPECIFICATION_GIT" not in os.environ, reason="OCPI_SPECIFICATION_GIT names no checkout")
def test_the_committed_data_is_what_the_specification_says():
    data = files("scanner.model.ocpi") / "data"
    for version, made in documents(os.environ["OCPI_SPECIFICATION_GIT"]).items():
        assert json.loads((data / f"{version}.json").read_text()) == made


CALLS = """
*Module Identifier: `boxes`*
==== Receiver Interface
|===
|Method |Description

|PUT |Send one.
|===
===== *PUT* Method
====== Request Parameters
|===
|Parameter |Datatype |Required |Description

|box_id |string(36) |yes |Which.
|why |string |no |Why.
|===
===== Request Body
|===
|Type |Card. |Description

|_Choice: one of two_ | |
|Box |1 |A box.
|Lid |? |A lid.
|===
"""


def read_calls(text, offered):
    return calls(asciidoc_tables(text), {"Receiver Interface": offered})


def test_what_a_method_takes_is_read_from_the_tables_below_it_and_beside_it():
    assert read_calls(CALLS, ("PUT",)) == {
        "Receiver Interface": {
            "PUT": [{"parameters": {"box_id": "string(36)", "why": "string?"}, "body": ["Box", "Lid?"], "answer": []}]
        }
    }


def test_a_table_whose_method_is_not_clear_is_an_error():
    unclear = CALLS.replace("===== *PUT* Method\n", "")
    assert read_calls(unclear, ("PUT",))
    with pytest.raises(UnknownWording, match="which of"):
        read_calls(unclear, ("GET", "PUT"))
    with pytest.raises(UnknownWording, match="required"):
        read_calls(CALLS.replace("|yes |Which", "|perhaps |Which"), ("PUT",))
