import pytest

from helpers.display.html import ProgressBar, age


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (119, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (90_061, "25 h"),
    ],
)
def test_age_uses_the_largest_unit(seconds, text):
    assert age(seconds) == text


def test_progress_bar_has_a_name_and_a_number_for_a_screen_reader():
    bar = ProgressBar("Playing <the> days")
    bar.show(0.429)
    assert bar.value.startswith("<label") and bar.value.endswith("</label>")
    assert "Playing &lt;the&gt; days <progress" in bar.value
    assert '<progress max="100" value="42"' in bar.value
    assert "</progress> 42 %" in bar.value


def test_progress_bar_sends_nothing_while_the_percentage_stays():
    bar, sent = ProgressBar("Playing"), []
    bar.observe(sent.append, "value")
    for share in (0.501, 0.502, 0.509, 0.51):
        bar.show(share)
    assert len(sent) == 2


def test_progress_bar_stores_its_name_alone():
    bar = ProgressBar("Playing")
    bar.show(0.5)
    assert bar._repr_mimebundle_()["text/plain"] == "Playing"
