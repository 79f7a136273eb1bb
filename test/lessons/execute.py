"""Runs notebooks in a real kernel, and compares what stands below their cells with what is stored there.

    python execute.py NOTEBOOK...        exit code 1 where something differs, or a cell fails

A notebook without outputs, as a class gets it, must run to its end. One with outputs is run a second time, each cell twice in a row, as one does who corrects
an answer: nothing may fail, and what is said of the answers stays. nbclient and `nbconvert --execute` would not do: they read a cell's
outputs until the kernel says that it is idle, and Deno's says so before its last outputs at times. Each output names the
request that it belongs to, so here they are sorted by that when all is over.
"""

import os
import queue
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

here = Path(__file__).resolve().parent
# The kernel of the lessons, which is this checkout's own Deno.
os.environ["JUPYTER_PATH"] = str(here.parents[1] / "examples" / "lessons" / "jupyter")

cell_limit_s = 300
quiet_s = 2
shown = ("stream", "execute_result", "display_data", "error")


def execute(path, notebook, sources, arrived):
    """
    What stands below each of these cells, in their order. The next cell waits until `arrived(i, outputs)`, or until nothing has come for
    a while: what comes later may be told as another cell's.
    """
    manager, client = start_new_kernel(kernel_name=notebook.metadata.kernelspec.name, cwd=str(path.parent))
    try:
        requests = []
        messages = []
        for source in sources:
            requests.append(client.execute(source))
            reply = client.get_shell_msg(timeout=cell_limit_s)
            while reply["parent_header"].get("msg_id") != requests[-1]:
                reply = client.get_shell_msg(timeout=cell_limit_s)
            if reply["content"]["status"] != "ok":
                raise SystemExit(f"{path}: a cell failed:\n{source}\n{reply['content']}")
            while not arrived(len(requests) - 1, outputs_of(requests[-1], messages)):
                try:
                    messages.append(client.get_iopub_msg(timeout=quiet_s))
                except queue.Empty:
                    break
        return [outputs_of(request, messages) for request in requests]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def outputs_of(request, messages):
    outputs = []
    for message in messages:
        if message["parent_header"].get("msg_id") != request or message["msg_type"] not in shown:
            continue
        output = nbformat.v4.output_from_msg(message)
        last = outputs[-1] if outputs else None
        if output.output_type == "stream" and last and last.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            outputs.append(output)
    return outputs


def without_counts(outputs):
    return [{key: value for key, value in output.items() if key != "execution_count"} for output in outputs]


def verdicts(outputs):
    """What is said of answers."""
    text = "".join(output.get("text", "") for output in outputs)
    return [line for line in text.split("\n") if line.startswith(("✔", "✘", "○"))]


def check(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    stored = [without_counts(cell.outputs) for cell in code]
    sources = [cell.source for cell in code]
    executed = execute(path, notebook, sources, lambda i, outputs: without_counts(outputs) == stored[i])
    differing = [i for i in range(len(code)) if without_counts(executed[i]) != stored[i]]
    if all(outputs == [] for outputs in stored):
        print(f"{path}: {len(code)} cells run")
        return True
    for i in differing:
        print(f"{path}: cell {i + 1}:\n{code[i].source}\nstored: {stored[i]}\nnow: {without_counts(executed[i])}")
    print(f"{path}: {len(code)} cells run, {len(code) - len(differing)} with the outputs that are stored")
    twice = execute(
        path,
        notebook,
        [source for source in sources for _ in range(2)],
        lambda i, outputs: len(outputs) == len(stored[i // 2]) and verdicts(outputs) == verdicts(stored[i // 2]),
    )
    changed = [i for i in range(len(code)) if verdicts(twice[2 * i + 1]) != verdicts(stored[i])]
    for i in changed:
        print(f"{path}: cell {i + 1} run twice:\n{code[i].source}\n{verdicts(twice[2 * i + 1])}")
    return differing == [] and changed == []


if __name__ == "__main__":
    results = [check(Path(name)) for name in sys.argv[1:]]
    sys.exit(0 if all(results) else 1)
