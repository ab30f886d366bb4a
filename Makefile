PYTHON ?= python3
OUT = line.svg
# as typed, so that quotes, $$ and & in a text reach the program and not make or the shell
override TEXT := $(value TEXT)
export TEXT

# two processes for two cores; with more threads in each, NumPy's would spend the time waiting for each other
test lowest: export OPENBLAS_NUM_THREADS = 1
TESTS = pytest -n 2 --dist loadfile --no-loadscope-reorder --nbval --nbval-current-env
.PHONY: lab test lowest browser stress colab lint notebooks assignments api address site bench write weights

lab: .venv/installed
	.venv/bin/jupyter lab notebooks/

test: .venv/installed
	.venv/bin/$(TESTS) notebooks/ tests/

# the same with the oldest versions that requirements.txt and pyproject.toml admit
lowest:
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/pip install uv
	.venv-lowest/bin/uv pip install --python .venv-lowest --resolution lowest-direct -r requirements.txt -e ".[test]"
	.venv-lowest/bin/$(TESTS) notebooks/ tests/

# the pen pad and the panel of notebook 06, the screen of 12, and how soon the site writes, in a real browser: any Chromium or Chrome
browser: .venv/installed
	.venv/bin/pytest tests/browser tests/site/test_first_ink.py

# bad input, kills, extreme numbers, many texts (docs/reliability.md); more with ARGS="--inputs 100000" and the like
stress: .venv/installed
	.venv/bin/pytest tests/stress $(ARGS)
	KERAS_BACKEND=jax .venv/bin/pytest tests/stress/test_numbers.py $(ARGS)

# every notebook as Colab would start it, in an environment of its own
colab: .venv/installed
	.venv/bin/pytest tests/colab

lint: .venv/installed
	.venv/bin/ruff check mdn_utils tests tools benchmarks

# runs every notebook, solutions too, and keeps its outputs
notebooks: .venv/installed
	.venv/bin/python tools/notebooks.py

# exercises/, the students' copies of notebooks/solutions/
assignments: .venv/installed
	.venv/bin/python tools/assignments.py

# docs/api.md, from the docstrings
api: .venv/installed
	.venv/bin/python tools/api.py

# gives the repository its address: make address REPO=owner/name
address: .venv/installed
	.venv/bin/python tools/address.py "$(REPO)"

# the course as a static site in site/, with the page that writes; needs Node.js and npm
site: .venv/installed
	.venv/bin/python tools/site_pages.py site

# speed and quality for time beside plain PyTorch (pip install torch), and the slowest cells of the notebooks
bench: .venv/installed
	.venv/bin/python benchmarks/speed.py
	.venv/bin/python benchmarks/quality.py
	.venv/bin/$(TESTS) --durations=15 notebooks/

write: .venv/installed
	.venv/bin/python -m mdn_utils write --out "$(OUT)" $(ARGS) -- "$$TEXT"

# how the shipped weights came about: hours on two cores; UNIPEN is the folder of the corpus (data/README.md)
TRAIN = KERAS_BACKEND=jax .venv/bin/python -m mdn_utils train
weights: .venv/installed
	$(TRAIN) synthesis --corpus simulated --lines 20000 --size 2x256 --gaussians 8 --minutes 178 --seed 1 --out runs/first_simulated
	$(TRAIN) prediction --corpus simulated --lines 20000 --size 2x256 --minutes 50 --seed 1 --out runs/first_prediction
	# these two had simulated lines without second forms and late dots, with other texts
	$(TRAIN) synthesis --corpus simulated --lines 20000 --start runs/first_simulated/weights.weights.h5 --rate 0.001 --minutes 72 --seed 2 --out runs/second_simulated
	$(TRAIN) synthesis --corpus simulated --lines 20000 --start runs/second_simulated/weights.weights.h5 --rate 0.001 --minutes 76 --seed 3 --out runs/synthesis_simulated
	$(TRAIN) prediction --corpus simulated --lines 20000 --start runs/first_prediction/weights.weights.h5 --rate 0.001 --minutes 36 --seed 2 --out runs/prediction_simulated
	$(TRAIN) synthesis --corpus unipen --root "$(UNIPEN)" --size 2x300 --gaussians 8 --minutes 105 --seed 1 --out runs/first_real
	$(TRAIN) synthesis --corpus unipen --root "$(UNIPEN)" --start runs/first_real/weights.weights.h5 --rate 0.0015 --minutes 115 --seed 2 --out runs/second_real
	# ours was stopped after 89 of the 160 minutes
	$(TRAIN) synthesis --corpus unipen --root "$(UNIPEN)" --start runs/second_real/weights.weights.h5 --rate 0.001 --minutes 160 --seed 3 --out runs/third_real
	.venv/bin/python -m mdn_utils pack runs/unipen.h5 --corpus unipen --root "$(UNIPEN)" --join 25000
	$(TRAIN) synthesis --corpus runs/unipen.h5 --start runs/third_real/weights.weights.h5 --rate 0.001 --minutes 97 --seed 5 --out runs/fourth_real
	.venv/bin/python -m mdn_utils pack runs/unipen_more.h5 --corpus unipen --root "$(UNIPEN)" --join 40000
	$(TRAIN) synthesis --corpus runs/unipen_more.h5 --start runs/fourth_real/weights.weights.h5 --rate 0.001 --minutes 240 --seed 6 --out runs/synthesis_real
	$(TRAIN) text --corpus python --size 2x256 --minutes 40 --seed 1 --out runs/first_text
	$(TRAIN) text --corpus python --start runs/first_text/weights.weights.h5 --rate 0.002 --minutes 92 --seed 2 --out runs/text_python
	$(TRAIN) reader --corpus unipen --root "$(UNIPEN)" --part reader --minutes 52 --seed 1 --out runs/first_reader
	# ours was stopped after 25 of the 108 minutes
	$(TRAIN) reader --corpus unipen --root "$(UNIPEN)" --part reader --start runs/first_reader/weights.weights.h5 --rate 0.0015 --minutes 108 --seed 11 --out runs/second_reader
	$(TRAIN) reader --corpus unipen --root "$(UNIPEN)" --part reader --start runs/second_reader/weights.weights.h5 --rate 0.0015 --minutes 92 --seed 12 --out runs/third_reader
	# the stages before this one, and the judge's first, had READER_EXTRA = 3000 (commands.py)
	$(TRAIN) reader --corpus unipen --root "$(UNIPEN)" --part reader --start runs/third_reader/weights.weights.h5 --dropout 0.4 --rate 0.0015 --minutes 120 --seed 13 --out runs/reader
	$(TRAIN) reader --corpus unipen --root "$(UNIPEN)" --part judge --minutes 37 --seed 2 --out runs/first_judge
	$(TRAIN) reader --corpus unipen --root "$(UNIPEN)" --part judge --start runs/first_judge/weights.weights.h5 --dropout 0.4 --rate 0.0015 --minutes 80 --seed 14 --out runs/judge
	KERAS_BACKEND=jax .venv/bin/python tools/train_lesson.py notebooks/09_sequence_to_sequence.ipynb
	KERAS_BACKEND=jax .venv/bin/python tools/train_lesson.py notebooks/10_draw.ipynb
	KERAS_BACKEND=jax .venv/bin/python tools/train_lesson.py notebooks/11_sketch_rnn.ipynb
	KERAS_BACKEND=jax .venv/bin/python tools/train_lesson.py notebooks/12_robojam.ipynb
	KERAS_BACKEND=jax .venv/bin/python tools/train_lesson.py notebooks/13_world_models.ipynb
	KERAS_BACKEND=jax .venv/bin/python benchmarks/transducer.py
	KERAS_BACKEND=jax .venv/bin/python benchmarks/transducer.py --table
	KERAS_BACKEND=jax .venv/bin/python benchmarks/annealing.py

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -r requirements.txt -e ".[test,site]"
	touch $@
