from helpers.simulation.progress import ProgressBar


def test_it_has_a_name_and_a_number_for_a_screen_reader():
    bar = ProgressBar("Playing <the> days")
    bar.show(0.429)
    assert bar.value.startswith("<label") and bar.value.endswith("</label>")
    assert "Playing &lt;the&gt; days <progress" in bar.value
    assert '<progress max="100" value="42"' in bar.value
    assert "</progress> 42 %" in bar.value


def test_it_sends_nothing_while_the_number_stays():
    bar, sent = ProgressBar("Playing"), []
    bar.observe(sent.append, "value")
    for share in (0.501, 0.502, 0.509, 0.51):
        bar.show(share)
    assert len(sent) == 2


def test_a_stored_page_does_not_say_how_far_it_has_come():
    bar = ProgressBar("Playing")
    bar.show(0.5)
    assert bar._repr_mimebundle_()["text/plain"] == "Playing"
