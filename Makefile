# Everything runs in a virtual environment of its own; the lock file pins each package by hash.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
GOLD := ../shared/gold/dev/gold.jsonl
CORPORA := ../shared/corpora
UNSEEN := build/recogniser-unseen

.PHONY: run test spark lint types bench faults memory fuzz model entities decisions crossed lock clean

run: $(VENV)/ready  ## annotate the sample articles and show one of them
	mkdir -p out && rm -f out/articles.jsonl.part
	$(BIN)/geopolitics-nlp annotate seeds/articles -o out/articles.jsonl
	$(BIN)/geopolitics-nlp show seeds/articles/depeche-cessez-le-feu.txt

test: lint types  ## lint, types, tests, quality floors
	$(BIN)/python -m pytest

spark: $(VENV)/ready  ## tests in a session of Apache Spark, which needs Java 17
	$(BIN)/python -m pip install --quiet --editable '.[spark]'
	$(BIN)/python -m pytest -rs tests/test_spark.py

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready
	$(BIN)/mypy

bench: $(VENV)/ready  ## throughput and load time against the plain model
	$(BIN)/python benchmarks/throughput.py $(CORPORA)

faults: $(VENV)/ready  ## runs that are killed at random moments and resumed
	$(BIN)/python benchmarks/faults.py $(CORPORA)

memory: $(VENV)/ready  ## memory of a run of 100,000 articles
	$(BIN)/python benchmarks/memory.py $(CORPORA)

fuzz: $(VENV)/ready  ## 100,000 generated texts: no exception, no broken record, linear time
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/fuzz.py

model: $(VENV)/ready  ## train the recogniser again (models/recogniser)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m geopolitics_nlp.models.train_recogniser ../shared

entities: $(VENV)/trains  ## train the weights of the evidence for names again (models/entities.tsv)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m geopolitics_nlp.models.train_entities ../shared

decisions: $(VENV)/trains $(UNSEEN)/ner build/annotated.jsonl  ## train the small decisions again (models/decisions.tsv)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python models/train_decisions.py $(GOLD) --more build/annotated.jsonl \
	    --recogniser $(UNSEEN)/ner

crossed: $(VENV)/trains $(UNSEEN)/ner build/annotated.jsonl  ## cross-validate the small decisions by article
	OPENBLAS_NUM_THREADS=1 $(BIN)/python models/train_decisions.py $(GOLD) --more build/annotated.jsonl \
	    --recogniser $(UNSEEN)/ner --folds 6

# A recogniser that has not seen these articles: the decisions learn from names such as it finds in new text.
$(UNSEEN)/ner: build/complete.jsonl | $(VENV)/ready
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m geopolitics_nlp.models.train_recogniser ../shared \
	    --without $(GOLD) build/complete.jsonl --out $(UNSEEN)

build/annotated.jsonl: models/annotations.jsonl | $(VENV)/ready
	$(BIN)/python -m geopolitics_nlp.models.annotations $(CORPORA) $@

build/complete.jsonl: models/annotations.jsonl | $(VENV)/ready
	$(BIN)/python -m geopolitics_nlp.models.annotations $(CORPORA) $@ --complete

lock: $(VENV)/ready  ## pin the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install pip-tools
	$(BIN)/pip-compile --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	    --extra dev --extra html --extra parquet --extra zst --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) out build *.egg-info .pytest_cache .mypy_cache .ruff_cache

$(VENV)/ready: pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/trains: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	touch $@
