# Les commandes du projet. `make` seul les liste. Tout ce qu’il faut s’installe dans .venv au premier appel.
.DEFAULT_GOAL := help
.PHONY: help serve apercu formulaire build archive test couverture lint check format champs codes locale lock bench pairs clean
.DELETE_ON_ERROR:

PYTHON ?= python3
# Material announces its end of support at each run: decision 4 knows.
export NO_MKDOCS_2_WARNING := 1
# Python keeps its compiled modules, and Essaim its compiled templates: hundreds of commands start in the tests.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
READY := .venv/.ready
PROPER := .venv-properdocs/.ready
PEERS := .venv-bench/.ready bench/peers/eleventy/node_modules/.ready
# One more than the processors that CI has: a test waits for its browser a quarter of the time. Files in the order of tests/conftest.py.
TOGETHER := --numprocesses 3 --dist loadfile --no-loadscope-reorder
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes -r

help: ## Liste les commandes
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(READY) ## Sert le site sur http://127.0.0.1:8000 et le refait à chaque modification
	$(BIN)/mkdocs serve --livereload

formulaire: $(READY) ## Sert le site et le formulaire sur cette machine
	scripts/formulaire

build: $(READY) ## Écrit le site dans site/ ; refuse s’il reste un problème
	$(BIN)/mkdocs build --strict

test: $(READY) $(PROPER) lint ## Tout ce que l’intégration continue vérifie
	scripts/ensure-tools
	$(BIN)/python -m pytest $(TOGETHER)

couverture: $(READY) $(PROPER) ## Les mêmes tests, et les lignes du code par lesquelles aucun ne passe
	scripts/ensure-tools
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest $(TOGETHER)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY) ## Forme et types du code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

archive: build ## Écrit essaim.zip, une copie du site qui s’ouvre sans serveur
	$(BIN)/essaim archive

apercu: $(READY) ## Écrit apercu.zip, une copie du site avec ses brouillons et ce qui ne va pas
	ESSAIM_APERCU=true $(BIN)/mkdocs build --site-dir .cache/apercu
	$(BIN)/essaim archive --site .cache/apercu --sortie apercu.zip

check: $(READY) ## Contrôle le contenu
	$(BIN)/essaim check

format: $(READY) ## Met le code et les fiches en forme
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/essaim format

champs: $(READY) ## Refait docs/champs.md et .vscode/ à partir du modèle
	$(BIN)/essaim champs > docs/champs.md
	$(BIN)/essaim vscode

codes: $(READY) ## Refait docs/codes.md, la liste de ce que dit le contrôle
	$(BIN)/essaim codes > docs/codes.md

locale: $(READY) ## Compile les mots français de la ligne de commande
	$(BIN)/pybabel --quiet compile --directory plugins/essaim/locale --locale fr

bench: $(READY) $(PEERS) ## Mesure la construction, le contrôle et la recherche, et d’autres générateurs à côté
	$(BIN)/python bench/bench.py
	$(BIN)/python bench/finding.py
	$(BIN)/python bench/changed.py
	$(BIN)/python bench/linear.py

pairs: $(PEERS) ## Installe les générateurs que make bench mesure à côté

lock: ## Refait les fichiers d’exigences (demande uv)
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-annotate --custom-compile-command "make lock" --output-file requirements.txt
	uv pip compile pyproject.toml --extra properdocs --universal --generate-hashes --no-annotate --custom-compile-command "make lock" --constraint requirements.txt --output-file requirements-properdocs.txt
	uv pip compile bench/requirements.in --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --output-file bench/requirements.txt

clean: ## Retire ce que les commandes ont produit
	rm -rf site .site.* dist .cache .coverage .coverage.* .venv .venv-properdocs .venv-bench node_modules bench/peers/eleventy/node_modules

$(READY): requirements.txt pyproject.toml
	@echo "Tout ce qu’il faut s’installe dans .venv/ : cela peut prendre quelques minutes, et n’arrive que la première fois ou quand les exigences changent." >&2
	$(PYTHON) -m venv .venv
	$(BIN)/python $(INSTALL) requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# ProperDocs takes over `mkdocs` imports, so it has an environment of its own.
$(PROPER): requirements-properdocs.txt pyproject.toml
	$(PYTHON) -m venv .venv-properdocs
	.venv-properdocs/bin/python $(INSTALL) requirements-properdocs.txt
	.venv-properdocs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What bench/ measures beside Essaim, apart from what builds need.
.venv-bench/.ready: bench/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python $(INSTALL) bench/requirements.txt
	@touch $@

bench/peers/eleventy/node_modules/.ready: bench/peers/eleventy/package-lock.json
	cd bench/peers/eleventy && npm ci --silent --no-audit --no-fund
	@touch $@
