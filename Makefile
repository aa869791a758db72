# Every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export OPENBLAS_NUM_THREADS := 1# figures and numbers do not depend on the number of cores

.PHONY: help demo test coverage check course bench lab release grade sandbox requirements clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 22

demo: .venv/course  ## release 03_optimizers, let a sample class hand it in, grade it, write feedback
	autograder demo

test: .venv/tests  ## ruff, pytest (with the course's self-check), and every solution notebook, output by output
	ruff check .
	ruff format --check .
	pytest --numprocesses auto --ignore tests/grading --ignore tests/attacks
	pytest --numprocesses auto --dist loadfile tests/grading/classes
	pytest --numprocesses auto --dist loadfile --ignore tests/grading/classes tests/grading tests/attacks
	pytest --numprocesses auto --dist loadfile --nbval solutions

coverage: .venv/tests  ## the lines of the grader that its tests reach; less than 95% is an error
	coverage erase
	coverage run -m pytest tests/grading tests/attacks
	coverage combine --quiet
	coverage report --fail-under=95

check: .venv/tests  ## the course's self-check as a table: wrong answers named, mutants killed, nothing leaks
	autograder check

course: .venv/course  ## build, execute, release and check all assignments; the time of each, and of all
	autograder course

bench: .venv/tests  ## what is fast, measured: a class against stock nbgrader, 5,000 submissions, 50 kills, the wire (40 min)
	python benchmarks/grading.py
	python benchmarks/scale.py
	python benchmarks/kills.py
	python benchmarks/wire.py

lab: .venv/course  ## JupyterLab on the released notebooks
	jupyter lab --notebook-dir=assignments

release: .venv/course  ## build every assignment from its text, and make assignments/ from it
	autograder build
	autograder release

grade: .venv/course  ## grade what is in submitted/: make grade NAME=03_optimizers
	@test -n "$(NAME)" || { echo "Which assignment? make grade NAME=03_optimizers"; exit 2; }
	nbgrader generate_assignment $(NAME) --force
	autograder grade $(NAME) --feedback
	nbgrader export
	autograder report $(NAME)

sandbox:  ## install what the sandbox around students' code needs (Debian, Ubuntu; asks for the password)
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get install --yes bubblewrap libseccomp2

requirements: .venv/course  ## pin anew what pyproject.toml asks for
	pip install --quiet uv
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --no-emit-index-url \
		--custom-compile-command "make requirements" pyproject.toml -o requirements.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --no-emit-index-url \
		--custom-compile-command "make requirements" --constraint requirements.txt --group test \
		-o tests/requirements.txt

clean:  ## remove the environment and what the demo made
	rm -rf .venv .demo .coverage .coverage.*

.venv/course: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); sys.exit(0 if ok else \
		"Gradus needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	pip install --quiet --disable-pip-version-check -r requirements.txt
	pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

.venv/tests: .venv/course tests/requirements.txt
	pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@
