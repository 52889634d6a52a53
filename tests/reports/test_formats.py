from reports.formats import Format, render
from tests.reports.sample_posture import realistic


def test_every_kind_renders_and_has_a_file_of_its_own():
    posture = realistic()
    assert all(render(posture, kind) for kind in Format)
    assert len({kind.file_name for kind in Format}) == len(Format)
