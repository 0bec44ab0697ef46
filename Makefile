# make demo      plan a model on six cards, replay the plan, draw it; results in demo/
# make test      the whole test suite
# make install   PREFIX=/usr/local: the command, manual pages, completions, the C library with its header, pkg-config and CMake files; no Swift toolchain is needed
# make record    rewrite the snapshots that tests compare with
# make loop      reports/loop: plans run on this machine, predicted against measured; a quarter of an hour on idle cores
# make speed     reports/speed: planning and reading timed, instructions counted and held against a baseline
# make fuzz      MUTATIONS=100000: seeded mutations of every kind of input, in one process
# make sanitize  SANITIZERS="address thread": the C programs of the tests on a library built with each; minutes of building
# make example   the Swift package of Tests/Examples by its own manifest, with what of this one is built
# make lint      what the formatter objects to
# make docs      the catalogues of the libraries, by DocC; results in .build/docs
# make picture   the picture in README.md, from the demo's plan
# make fidelity  reports/fidelity: costs held against measured kernels of cards and of a host
# make ablation  reports/ablation.md: what each decision is worth on the seven workloads and two language models
# make equal        reports/equal: models from packages on PyPI, planned, exported and run in parts; the same bits as whole
# make metamorphic  reports/metamorphic: plans of one question held against each other, of two workloads, 150 models by seed and 106 drawn questions; twenty minutes
# make theory    reports/simulator/theory.md: the simulator beside closed forms
# make rates     reports/simulator/rates.md: how often the search for the highest rate is right; takes ten minutes
# make workloads reports/workloads.md: the seven workloads planned and replayed on six cards, one card and the host

PREFIX ?= /usr/local
DESTDIR ?=

# Tests and demo share one release build. Testability must be the same for both, or each would rebuild the other.
BUILD := -c release -Xswiftc -enable-testing
# Self-contained, so it is built apart from the other.
INSTALL_BUILD := -c release -Xswiftc -static-stdlib -Xlinker -s --scratch-path .build-install

# The version of the package, and of the library's interface: programs link libpartitioner.so.ABI.
VERSION := 0.1.0
ABI := 0
FILL = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@VERSION@|$(VERSION)|g' -e 's|@ABI@|$(ABI)|g'

MODEL := models/dlrm-more-complex.json
CARDS := 6
MUTATIONS ?= 100000
SANITIZERS ?= address thread
SEED ?= 1
PARTITION = $(shell swift build $(BUILD) --show-bin-path)/partition

.PHONY: demo test record fuzz equal loop speed sanitize example lint docs picture ablation metamorphic workloads fidelity theory rates install setup python build clean

demo: build
	@mkdir -p demo
	@echo
	@$(PARTITION) plan $(MODEL) --cards $(CARDS) -o demo/plan.json --dot demo/plan.dot
	@echo
	@$(PARTITION) simulate demo/plan.json
	@dot -Tsvg demo/plan.dot -o demo/plan.svg
	@echo
	@echo "Drawn: demo/plan.svg"

test: setup python
	swift test $(BUILD) --disable-testable-imports

record: setup python
	RECORD_SNAPSHOTS=1 swift test $(BUILD) --disable-testable-imports

picture: demo
	cp demo/plan.svg reports/plan.svg

fidelity: setup
	swift build $(BUILD) --product fidelity-report
	python3 models/generator/benchmarks.py --all .build/networks
	$$(swift build $(BUILD) --show-bin-path)/fidelity-report reports/fidelity/data reports/fidelity .build/networks

theory: setup
	swift build $(BUILD) --product simulator-benchmark
	$$(swift build $(BUILD) --show-bin-path)/simulator-benchmark theory > theory.tmp
	mv theory.tmp reports/simulator/theory.md

rates: setup
	swift build $(BUILD) --product simulator-benchmark
	$$(swift build $(BUILD) --show-bin-path)/simulator-benchmark rates > rates.tmp
	mv rates.tmp reports/simulator/rates.md

loop: setup
	reports/loop/run

equal: build python
	.build/python/bin/python reports/equal/run --program $(PARTITION)

speed: setup python
	swift build $(BUILD) --product planning-benchmark
	.build/python/bin/python reports/speed/run.py $$(swift build $(BUILD) --show-bin-path)/planning-benchmark

workloads: setup
	swift build $(BUILD) --product workloads-report
	$$(swift build $(BUILD) --show-bin-path)/workloads-report models/*.json > workloads.tmp
	mv workloads.tmp reports/workloads.md

ablation: setup
	swift build $(BUILD) --product workloads-report
	python3 models/generator/language.py dense-40b -o dense-40b.tmp.json
	python3 models/generator/language.py mixture-8x7b -o mixture-8x7b.tmp.json
	$$(swift build $(BUILD) --show-bin-path)/workloads-report --ablation reports/ablation.svg models/*.json \
	  dense-40b.tmp.json mixture-8x7b.tmp.json > ablation.tmp
	rm dense-40b.tmp.json mixture-8x7b.tmp.json
	mv ablation.tmp reports/ablation.md

fuzz: setup
	swift build $(BUILD) --product partition-fuzz
	SWIFT_BACKTRACE=enable=no $$(swift build $(BUILD) --show-bin-path)/partition-fuzz all $(MUTATIONS) $(SEED)

metamorphic: build
	reports/metamorphic/run.py $(PARTITION) --models models/resnext3d.json models/xlm-r.json --systems nnpi h100 --seeds 0 149
	reports/metamorphic/strangers.py $(PARTITION) 0 105

sanitize: setup
	.ci/sanitize $(SANITIZERS)

example: build
	cp Package.resolved Tests/Examples/swift/
	swift run $(BUILD) --package-path Tests/Examples/swift --scratch-path .build compiler-pass models/fbnetv3-detection.json

lint:
	swift format lint --strict -r Sources Tests Package.swift

docs: build
	@.ci/docs

setup:
	@.ci/setup

# ONNX Runtime, which the tests run exported parts with.
python:
	@.ci/python

build: setup
	swift build $(BUILD) --product partition

install: setup
	swift build $(INSTALL_BUILD) --product partition
	swift build $(INSTALL_BUILD) -Xlinker -soname=libpartitioner.so.$(ABI) --product partitioner
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib" "$(DESTDIR)$(PREFIX)/include" "$(DESTDIR)$(PREFIX)/share/man/man1" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d" "$(DESTDIR)$(PREFIX)/share/doc/partitioner" \
	  "$(DESTDIR)$(PREFIX)/lib/pkgconfig" "$(DESTDIR)$(PREFIX)/lib/cmake/partitioner"
	install -m 644 Sources/partition/man/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1/"
	install -m 755 "$$(swift build $(INSTALL_BUILD) --show-bin-path)/partition" "$(DESTDIR)$(PREFIX)/bin/partition"
	"$(DESTDIR)$(PREFIX)/bin/partition" --generate-completion-script bash > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/partition"
	"$(DESTDIR)$(PREFIX)/bin/partition" --generate-completion-script zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_partition"
	"$(DESTDIR)$(PREFIX)/bin/partition" --generate-completion-script fish > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/partition.fish"
	install -m 755 "$$(swift build $(INSTALL_BUILD) --show-bin-path)/libpartitioner.so" \
	  "$(DESTDIR)$(PREFIX)/lib/libpartitioner.so.$(ABI)"
	ln -sf libpartitioner.so.$(ABI) "$(DESTDIR)$(PREFIX)/lib/libpartitioner.so"
	install -m 644 Sources/CPartitioner/include/partitioner.h "$(DESTDIR)$(PREFIX)/include/partitioner.h"
	install -m 644 LICENSE NOTICE "$(DESTDIR)$(PREFIX)/share/doc/partitioner/"
	$(FILL) packaging/partitioner.pc.in > "$(DESTDIR)$(PREFIX)/lib/pkgconfig/partitioner.pc"
	for file in partitionerConfig partitionerConfigVersion; do \
	  $(FILL) packaging/$$file.cmake.in > "$(DESTDIR)$(PREFIX)/lib/cmake/partitioner/$$file.cmake"; done

clean:
	rm -rf .build .build-install .build-address .build-thread demo
