# The commands of this project; each sets up what it needs by itself.
RUN := .venv/bin
export QUANCHENG_HOME ?= $(HOME)/.quancheng

.PHONY: demo test live record coverage check bench format reference

demo: ## a whole generated case, from scan and recording to verdict, report and search
	@.ci/setup run
	@$(RUN)/quancheng demo

test: ## all tests, on real programs and local servers
	@.ci/setup test
	@$(RUN)/pytest -n 2 --dist loadgroup

live: ## tests on a real Paperless-ngx 3: QUANCHENG_TEST_PAPERLESS_URL with _TOKEN or _USER and _PASSWORD, and the plugin's _SECRET
	@.ci/setup test
	@$(RUN)/pytest tests/live

record: ## record the exchanges that adapter tests replay, anew, on a real Paperless-ngx 3 with nothing of ours but the plugin in it
	@.ci/setup test
	@$(RUN)/pytest --record-mode=rewrite -m vcr tests/sidecar/archive/paperless

coverage: ## all tests again, with branches counted in every process they start (twice as slow)
	@.ci/setup test
	@$(RUN)/pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

check: ## lint, types, import rules, unused dependencies and code
	@.ci/setup test
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/mypy --python-version 3.12 -p quancheng_plugin  # as the official image of Paperless has it
	$(RUN)/lint-imports
	$(RUN)/deptry .
	$(RUN)/vulture

bench: ## speed beside peer commands, in one run; writes docs/developers/benchmarks.md
	@.ci/setup test
	@$(RUN)/python -m tests.bench

format: ## rewrite the code in the project's format
	@.ci/setup test
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

reference: ## write docs/reference/json.md from the models
	@.ci/setup test
	@QUANCHENG_HOME=$$(mktemp -d) $(RUN)/python -m quancheng_sidecar.cli.reference > docs/reference/json.md.part && mv docs/reference/json.md.part docs/reference/json.md
