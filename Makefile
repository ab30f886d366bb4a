PYTHON ?= python3
OUT = line.svg
# as typed, so that quotes, $$ and & in a text reach the program and not make or the shell
override TEXT := $(value TEXT)
export TEXT

.PHONY: lab test lint write

lab: .venv/installed
	.venv/bin/jupyter lab notebooks/

test: .venv/installed
	.venv/bin/pytest --nbval --nbval-current-env notebooks/ tests/

lint: .venv/installed
	.venv/bin/ruff check mdn_utils tests

write: .venv/installed
	.venv/bin/python -m mdn_utils write --out "$(OUT)" $(ARGS) -- "$$TEXT"

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -r requirements.txt -e ".[test]"
	touch $@
