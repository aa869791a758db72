"""Run a cell as a kernel would, without a kernel: IPython's shell, with every output kept as the notebook has it."""

from __future__ import annotations

import builtins
import getpass
import io
import sys

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Type

from autograder.grading.apart.definitions import definitions

NO_INPUT = (
    "input() has no answer here: the notebook is run without anybody at the keyboard. Write the value into the code."
)


class Recorder:
    """The outputs of one cell in nbformat's form, cut where they hold more than `limit` bytes."""

    def __init__(self, limit: int):
        self.limit = limit
        self.start()

    def start(self) -> None:
        self.outputs: list[dict] = []
        self._left = self.limit
        self._clear_next = False

    def stream(self, name: str, text: str) -> None:
        if text := self._cut(storable(text)):
            self._cleared()
            if self.outputs and self.outputs[-1].get("name") == name:
                self.outputs[-1]["text"].append(text)
            else:
                self.outputs.append({"output_type": "stream", "name": name, "text": [text]})

    def data(self, data: dict, metadata: dict, *, display_id=None, update=False, result: int | None = None) -> None:
        """A display, or with `result`, the execution count, a cell's value."""
        size = sum(len(str(part)) for part in data.values())
        if size > self._left:
            if self._left >= 0:
                self._left = 0
                self.stream("stdout", "\n")
            return
        self._left -= size
        if update:
            for output in self.outputs:
                if output.get("_display_id") == display_id:
                    output |= {"data": data, "metadata": metadata}
            return
        self._cleared()
        kind = {"output_type": "display_data"}
        if result is not None:
            kind = {"output_type": "execute_result", "execution_count": result}
        self.outputs.append({**kind, "data": data, "metadata": metadata, "_display_id": display_id})

    def error(self, name: str, text: str, traceback: list[str]) -> None:
        self._cleared()
        self.outputs.append(
            {
                "output_type": "error",
                "ename": name[:200],
                "evalue": storable(text[:10_000]),
                "traceback": _ends([storable(line) for line in traceback]),
            }
        )

    def clear(self, wait: bool) -> None:
        self._clear_next = wait
        if not wait:
            self.outputs.clear()

    def finished(self) -> list[dict]:
        return [
            {k: "".join(v) if k == "text" else v for k, v in output.items() if k != "_display_id"}
            for output in self.outputs
        ]

    def _cleared(self) -> None:
        if self._clear_next:
            self.outputs.clear()
            self._clear_next = False

    def _cut(self, text: str) -> str:
        """What still fits; the first time that something does not, a line that says so."""
        if self._left < 0:
            return ""
        if len(text) <= self._left:
            self._left -= len(text)
            return text
        kept, self._left = text[: self._left], -1
        return f"{kept}\n… the output of this cell ends here: it is longer than {self.limit:,} characters\n"


class _Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of a cell."""

    encoding = "utf-8"

    def __init__(self, recorder: Recorder, name: str):
        self.recorder, self.name = recorder, name

    def writable(self) -> bool:
        return True

    def write(self, text) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.recorder.stream(self.name, text)
        return len(text)


class _Publisher(DisplayPublisher):
    recorder = Any()

    def publish(self, data, metadata=None, *, transient=None, update=False, **kwargs):
        self.recorder.data(data, metadata or {}, display_id=(transient or {}).get("display_id"), update=update)

    def clear_output(self, wait=False):
        self.recorder.clear(wait)


class _Hook(DisplayHook):
    recorder = Any()

    def write_output_prompt(self):
        self._result = ({}, {})

    def write_format_data(self, format_dict, md_dict=None):
        self._result = (format_dict, md_dict or {})

    def finish_displayhook(self):
        data, metadata = self._result
        if data:
            self.recorder.data(data, metadata, result=self.prompt_count)


class Shell(InteractiveShell):
    """IPython's shell with a recorder in place of a screen. One in a process: `Shell.instance(limit=…)`."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def __init__(self, limit: int, **kwargs):
        self.recorder = Recorder(limit)
        super().__init__(**kwargs)
        self.display_pub.recorder = self.displayhook.recorder = self.recorder

    def init_history(self):
        """Nothing is kept on a disk."""
        self.config.HistoryManager.enabled = False
        super().init_history()

    def init_user_ns(self):
        """Also after a reset: the shell's module is `__main__`, and multiprocessing asks for this attribute."""
        super().init_user_ns()
        self.user_module.__spec__ = None

    def enable_gui(self, gui=None):
        """There is no screen."""

    def ask_exit(self):
        """`exit` ends nothing but the cell that it stands in."""
        raise SystemExit

    def run(self, source: str, *, counted: bool = True) -> list[dict]:
        """Run a cell and return its outputs, in nbformat's form."""
        self.recorder.start()
        kept = sys.stdout, sys.stderr, builtins.input, getpass.getpass, sys.displayhook
        sys.stdout, sys.stderr = _Stream(self.recorder, "stdout"), _Stream(self.recorder, "stderr")
        builtins.input = getpass.getpass = _no_input
        try:
            self.run_cell(source, store_history=counted)
        finally:
            sys.stdout, sys.stderr, builtins.input, getpass.getpass, sys.displayhook = kept
        return self.recorder.finished()

    def define(self, source: str) -> list[dict]:
        """Run what a cell defines, and none of its work. Raises SyntaxError."""
        return self.run(definitions(self.transform_cell(source)), counted=False)

    def _showtraceback(self, etype, evalue, stb):
        self.recorder.error(etype.__name__, str(evalue), list(stb))


def make_shell(limit: int) -> Shell:
    """The process's shell, with figures inline. limit: bytes of a cell's output."""
    shell = Shell.instance(limit=limit, colors="nocolor")
    from matplotlib_inline.backend_inline import configure_inline_support

    configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    return shell


def well_formed(outputs, most: int | None = None) -> list[dict]:
    """Of what claims to be a cell's outputs, those that have nbformat's form. Parts that are no text are left out.

    most: characters, but for errors, after which the rest is left out too: more than a shell gives.
    """
    kept = []
    for output in outputs if isinstance(outputs, list) else ():
        match output:
            case {"output_type": "stream", "name": "stdout" | "stderr", "text": text} if text := _text(text):
                kept.append({"output_type": "stream", "name": output["name"], "text": text})
            case {"output_type": "error", "ename": str(), "evalue": str(), "traceback": list(lines)}:
                about = {"ename": storable(output["ename"][:200]), "evalue": storable(output["evalue"][:10_000])}
                lines = [storable(line) for line in lines if isinstance(line, str)]
                kept.append({"output_type": "error", **about, "traceback": _ends(lines)})
            case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
                data = {mime: text for mime, part in data.items() if isinstance(mime, str) and (text := _text(part))}
                count = {"execution_count": None} if kind == "execute_result" else {}
                kept.append({"output_type": kind, **count, "data": data, "metadata": {}})
        if most is not None and kept and (most := most - _size(kept[-1])) < 0:
            return kept[:-1]
    return kept


def storable(text: str) -> str:
    """The text with a ? for each half of a surrogate pair, which no file in UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _no_input(prompt="", *args, **kwargs):
    raise EOFError(NO_INPUT)


def _ends(lines: list[str], most: int = 200) -> list[str]:
    """A traceback; of one that is too long the beginning and the end."""
    lines = [line[:10_000] for line in lines]
    return lines if len(lines) <= most else [*lines[: most // 2], "…", *lines[-most // 2 :]]


def _text(part) -> str | None:
    """A text, which a notebook's file may hold as a list of lines."""
    if isinstance(part, list) and all(isinstance(line, str) for line in part):
        part = "".join(part)
    return storable(part) if isinstance(part, str) else None


def _size(output: dict) -> int:
    """Characters of an output that is no error."""
    return len(output.get("text", "")) + sum(len(mime) + len(part) for mime, part in output.get("data", {}).items())
