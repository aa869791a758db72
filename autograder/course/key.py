"""The answer key of an assignment: the one loader of reference solutions, exercises and wrong answers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType

import jupytext
from nbformat import NotebookNode

from autograder.checking.answers import collect
from autograder.checking.exercise import Exercise
from autograder.course.toolbox import TOOLBOX, Cell, importable, imported_names, toolbox_text

SOLUTIONS = "solutions"


@dataclass(frozen=True)
class Key:
    """`solutions/NAME/key/`: notebook.py, exercises.py, wrong_answers.py, each loaded when asked for."""

    folder: Path

    @property
    def assignment(self) -> str:
        return self.folder.parent.name

    @cached_property
    def text(self) -> NotebookNode:
        """The notebook's text as cells, with the short metadata of its author (`exercise`, `test`, `tags`)."""
        return jupytext.read(self.folder / "notebook.py", fmt="py:percent")

    @cached_property
    def solution_cells(self) -> dict[str, str]:
        """Exercise cell's name -> its source."""
        return {c.metadata["exercise"]: c.source for c in self.text.cells if "exercise" in c.metadata}

    @cached_property
    def toolbox(self) -> str | None:
        """The text of the notebook's `toolbox.py`; None where it imports nothing from one."""
        setup = [c.source for c in self.text.cells if "setup" in c.metadata.get("tags", ())]
        if not (wanted := set().union(*map(imported_names, setup))):
            return None
        earlier = [load_key(f) for f in sorted(self.folder.parents[1].glob("*/key")) if f < self.folder]
        return toolbox_text(wanted, [Cell(k.assignment, s) for k in earlier for s in k.solution_cells.values()])

    @contextmanager
    def ready(self) -> Iterator[None]:
        """A block in which `import toolbox` gives this assignment's."""
        with importable(self.toolbox, self.folder / TOOLBOX):
            yield

    @cached_property
    def reference(self) -> dict[str, Callable]:
        """The names that the setup and solution cells define: the reference solutions, by name."""
        return run_solutions(self, self.solution_cells)

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        with self.ready():
            module = load_module(self.folder / "exercises.py")
        return {exercise.name: exercise for exercise in module.EXERCISES}

    @cached_property
    def wrong_answers(self) -> list[Callable]:
        with self.ready():
            return collect(load_module(self.folder / "wrong_answers.py"))

    def wrong_for(self, exercise: Exercise) -> list[Callable]:
        return [wrong for wrong in self.wrong_answers if wrong.stands_for in self.own_functions(exercise)]

    def own_functions(self, exercise: Exercise) -> list[str]:
        """The functions of the exercise's own cell; the others it only borrows from another, to be driven with."""
        return [name for name in exercise.functions if f"def {name}(" in self.solution_cells.get(exercise.name, "")]


@lru_cache(maxsize=16)
def load_key(folder: Path) -> Key:
    """The key in `solutions/NAME/key`. Raises FileNotFoundError where a file of it is missing."""
    for name in ("notebook.py", "exercises.py", "wrong_answers.py"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"the answer key lacks {folder / name}")
    return Key(folder)


def find_key(notebook_folder: Path) -> Key:
    """The key of the assignment in whose folder a notebook runs, found in the course above it."""
    for course in notebook_folder.parents:
        folder = course / SOLUTIONS / notebook_folder.name / "key"
        if folder.is_dir():
            return load_key(folder)
    raise FileNotFoundError(
        f"no answer key for '{notebook_folder.name}' was found above {notebook_folder}: hidden tests run in a course's "
        f"folder, which holds {SOLUTIONS}/{notebook_folder.name}/key"
    )


def run_solutions(key: Key, solutions: dict[str, str]) -> dict:
    """Run the setup cells and these solution cells in one namespace, in the notebook's order."""
    namespace = {"__name__": f"key of {key.assignment}"}
    with key.ready():
        for cell in key.text.cells:
            if "setup" in cell.metadata.get("tags", ()):
                exec(compile(cell.source, str(key.folder / "notebook.py"), "exec"), namespace)
            elif name := cell.metadata.get("exercise"):
                exec(compile(solutions[name], f"{key.assignment}, cell {name}", "exec"), namespace)
    return namespace


def load_module(path: Path) -> ModuleType:
    """A Python file as a module of its own, found by nobody else."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
