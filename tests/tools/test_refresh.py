from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.refresh import METADATA, WIDGET_VIEW, keep_equal_outputs, normalize, read_rules

RULES = read_rules()


def sid(letters: str, digit: int) -> str:
    return letters + f"{digit:x}" * 32


def notebook(*cells: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in cells])


def printed(*texts: str) -> NotebookNode:
    content = notebook(*texts)
    for cell, text in zip(content.cells, texts, strict=True):
        cell.outputs = [new_output("stream", name="stdout", text=text)]
    return content


def texts(content: NotebookNode) -> list[str]:
    return [output.text for cell in content.cells for output in cell.outputs]


def test_equal_output_is_kept():
    stored = printed(f"{sid('WT', 1)} at 2026-01-01T00:00:00Z on http://127.0.0.1:1 for 3 s\n")
    fresh = printed(f"{sid('WT', 2)} at 2026-02-02T00:00:00Z on http://127.0.0.1:22 for 12 s\n")
    keep_equal_outputs(stored, fresh, RULES)
    assert texts(fresh) == texts(stored)


def test_changed_output_is_stored_with_the_kept_sids():
    stored = printed(sid("WT", 1), "pending")
    fresh = printed(sid("WT", 2), f"reserved {sid('WT', 2)} {sid('WR', 3)}")
    keep_equal_outputs(stored, fresh, RULES)
    assert texts(fresh) == [sid("WT", 1), f"reserved {sid('WT', 1)} {sid('WR', 3)}"]


def test_sids_match_in_any_order_of_formats():
    def shown(first: int, second: int, reverse: bool) -> NotebookNode:
        data = {"text/html": f"<b>{sid('WT', first)}</b>", "text/plain": sid("WT", second)}
        content = notebook("show", "print")
        data = dict(reversed(data.items())) if reverse else data
        content.cells[0].outputs = [new_output("display_data", data)]
        return content

    stored, fresh = shown(1, 2, reverse=False), shown(3, 4, reverse=True)
    fresh.cells[1].outputs = [new_output("stream", name="stdout", text=sid("WT", 3))]
    keep_equal_outputs(stored, fresh, RULES)
    assert texts(NotebookNode(cells=fresh.cells[1:])) == [sid("WT", 1)]


def test_machine_specific_data_is_not_stored():
    content = notebook("1", "2")
    content.metadata = {
        "widgets": {},
        "kernelspec": {"name": "venv"},
        "language_info": {"version": "3"},
    }
    content.cells[0].metadata = {"execution": {"iopub.status.busy": "now"}, "tags": ["a"]}
    content.cells[0].outputs = [
        new_output("display_data", {WIDGET_VIEW: {"model_id": "1"}, "text/plain": "Button()"}),
        new_output("error", ename="ValueError", evalue="no", traceback=["/home/ann/x.py"]),
    ]
    normalize(content)
    assert content.metadata == METADATA
    first = content.cells[0]
    assert first.metadata == {"tags": ["a"]}
    assert first.outputs[0].data == {"text/plain": "Button()"}
    assert first.outputs[1].traceback == ["ValueError: no"]
    assert [cell.execution_count for cell in content.cells] == [1, 2]


def test_answers_to_a_prediction_are_collapsed_up_to_the_next_section():
    content = printed("1", "exercises.ask('x')", "2", "2", "○ Not yet solved", "%%writefile x", "3")
    content.cells[4].outputs = [new_output("display_data", {"text/plain": "○ Not yet solved: x"})]
    content.cells[6].metadata["jupyter"] = {"outputs_hidden": True}
    content.cells.insert(3, new_markdown_cell("### The same"))
    content.cells.insert(7, new_markdown_cell("Text.\n\n## Another section"))
    normalize(content)
    collapsed = [n for n, cell in enumerate(content.cells) if "jupyter" in cell.metadata]
    assert collapsed == [2, 4]
