"""Whether another identity on a used connection was given its own data: also where the data of a platform move."""

import asyncio

import pytest

from scanner.ocpi.reply import read_reply
from scanner.ocpi.tokens.second_caller import gets_its_own
from tests.scanner.ocpi.exchanges import answered

A, B, NEWER = ["a"], ["b"], ["a", "c"]


def reply(data):
    return read_reply(answered(data))


def judged(before, here, alone, *again):
    """What is said, and how many more were asked."""
    asked = []

    def ask(data):
        async def answer():
            asked.append(data)
            return reply(data)

        return answer

    first, second, apart = (ask(data) for data in (*again, A, A, A)[:3])
    seen = (reply(before), reply(here), reply(alone))
    return asyncio.run(gets_its_own(*seen, first=first, second=second, apart=apart)), len(asked)


@pytest.mark.parametrize(
    "seen, again, own",
    [
        ((A, B, B), (), (True, 0)),
        ((A, A, A), (), (None, 0)),
        ((A, NEWER, B), (), (None, 0)),
        ((A, A, B), (A, A, B), (False, 3)),
        ((A, A, NEWER), (NEWER, NEWER, NEWER), (None, 3)),  # one list for both, and a session came between two reads
        (([], [], ["mine"]), ([], ["mine"], ["mine"]), (None, 3)),  # a first session of the second one's own
        ((A, A, B), (A, B, B), (None, 3)),
    ],
)
def test_data_that_moved_between_two_reads_are_not_the_data_of_another(seen, again, own):
    assert judged(*seen, *again) == own
