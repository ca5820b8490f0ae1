# Whitebeam. Targets: all run test check fuzz bench docs format clean (see CONTRIBUTING.md).
# `make V=1 …` shows the commands.
#
# Everything generated lives under build/: build/release is what people run, build/check the same
# with sanitizers, for tests, build/fuzz the part that fuzzers need, with clang.

ifeq ($(origin CC),default)
CC       := gcc
endif
CLANG    ?= clang
ERLC     ?= erlc
ELIXIRC  ?= elixirc
BUILD    := build
JOBS     ?= $(shell nproc)
PARALLEL  = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
Q        := $(if $(V),,@)
QUIET    := --no-print-directory $(if $(V),,--silent)
say       = @$(if $(V),:,printf '%-8s %s\n' $(1) $(2))
# Empty before tools/setup has run; the targets that call it therefore start make a second time.
PACKAGES := libuv libmicrohttpd jansson libpcre2-8 libconfuse nettle zlib libsodium libcurl sqlite3

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wno-format-truncation -Werror
INCLUDES := -Isrc $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS     := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lwslay -lm -lpthread # libwslay has no .pc
# -MD and not -MMD: <sys/param.h> asks for <limits.h> and gets src/limits.h, which -MMD then takes for
# a header of the system, so that what needs it is not built again.
# Hidden: or our json_null would stand in for the one that libjansson calls.
BASE     := -std=gnu17 -D_GNU_SOURCE -g -fvisibility=hidden $(WARNINGS) $(INCLUDES)
RELEASE  := $(BASE) -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -MD -MP
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CHECK    := $(BASE) -O1 $(SANITIZE) -MD -MP
HARDEN   := -pie -Wl,-z,relro,-z,now

SOURCES  := $(sort $(wildcard src/*/*.c))
AGENT    := $(sort $(wildcard agent/src/*.erl))
BEAMS    := $(AGENT:agent/src/%.erl=$(BUILD)/agent/%.beam)
PIPE     := agent/whitebeam_pipe.beam
OBJECTS  := $(SOURCES:src/%.c=%.o) agent_modules.o assets.o
UNITS    := $(sort $(wildcard tests/unit/*_test.c))
FUZZERS  := $(sort $(wildcard tests/fuzz/*_fuzz.c))
STORIES  := $(sort $(wildcard tests/end_to_end/*_test.c))
HARNESS  := $(sort $(wildcard tests/end_to_end/harness*.c))
TARGETS  := $(sort $(wildcard tests/end_to_end/target/*.erl))
DESCRIBE := $(BUILD)/release/tools/describe_table
DESCRIBE_OBJECTS := $(patsubst %.c,$(BUILD)/release/%.o,$(sort $(wildcard tools/describe/*.c)))
AGENT_TESTS := $(sort $(wildcard tests/agent/*.erl))
UNIT_PROGRAMS    := $(UNITS:tests/unit/%.c=$(BUILD)/check/tests/%)
STORY_PROGRAMS   := $(STORIES:tests/%.c=$(BUILD)/check/%)
FUZZ_PROGRAMS    := $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_SECONDS ?= 10

# What makes pictures and documents is a program of its own, and optional: without these libraries
# the daemon is complete but for PNG and PDF.
RENDER_PACKAGES := librsvg-2.0 cairo-pdf pangocairo
RENDER   := $(if $(shell pkg-config --exists $(RENDER_PACKAGES) 2>/dev/null && echo found),whitebeam-render)
RENDER_CFLAGS = $(shell pkg-config --cflags $(RENDER_PACKAGES) 2>/dev/null | sed 's/-I/-isystem /g')
RENDER_LIBS   = $(shell pkg-config --libs $(RENDER_PACKAGES) 2>/dev/null) -lm
RENDER_OBJECTS := $(patsubst %.c,%.o,$(sort $(wildcard render/*.c)))

.PHONY: all run demo setup test unit agent-test end-to-end browser browser-driver openapi openapi-validator fuzz check format bench clean
.SECONDARY:

all: $(BUILD)/release/whitebeam $(BUILD)/release/playground/.built $(BUILD)/release/$(PIPE) \
     $(RENDER:%=$(BUILD)/release/%)
	@$(if $(RENDER),:,echo "PNG and PDF are not built: there is no librsvg, cairo or pango (tools/setup).")

# ---- set-up -----------------------------------------------------------------------------------

setup:
	@tools/setup $(SETUP)

run: SETUP := run
run: setup
	@$(MAKE) $(QUIET) ui
	@$(MAKE) $(QUIET) $(PARALLEL) all
	@exec $(BUILD)/release/whitebeam demo

test: SETUP := test
test: setup
	@$(MAKE) $(QUIET) test-all

# ---- the agent --------------------------------------------------------------------------------

$(BUILD)/agent/%.beam: agent/src/%.erl
	$(call say,ERLC,$<)
	@mkdir -p $(@D)
	$(Q)$(ERLC) -Werror +deterministic -o $(@D) $<

# What is loaded into a node are few modules, made of these; see tools/merge_agent.
$(BUILD)/merged/whitebeam_agent.beam: tools/merge_agent agent/parts $(AGENT)
	$(call say,MERGE,$(@D))
	@mkdir -p $(@D)
	$(Q)rm -f $(@D)/*.beam
	$(Q)tools/merge_agent $(@D) agent/parts $(AGENT)

$(BUILD)/agent_modules.c: tools/embed_agent $(BUILD)/merged/whitebeam_agent.beam
	$(call say,EMBED,$@)
	$(Q)tools/embed_agent $(BUILD)/merged/whitebeam_agent.beam $(BUILD)/merged/whitebeam_part_*.beam > $@.new
	$(Q)mv $@.new $@

# What a sandbox's VM runs beside the agent. It must not be embedded: that goes into any node.
$(BUILD)/agent_pipe/whitebeam_pipe.beam: agent/pipe/whitebeam_pipe.erl
	$(call say,ERLC,$<)
	@mkdir -p $(@D)
	$(Q)$(ERLC) -Werror +deterministic -o $(@D) $<

$(BUILD)/release/$(PIPE) $(BUILD)/check/$(PIPE): $(BUILD)/agent_pipe/whitebeam_pipe.beam
	@mkdir -p $(@D)
	$(Q)cp $< $@

# ---- the page ---------------------------------------------------------------------------------

# The page is optional: without npm the daemon is complete but for it.
UI := $(sort $(wildcard ui/*.mjs ui/*.json ui/src/* ui/src/*/*))

.PHONY: ui ui-dev ui-test
ui:
	@if command -v npm >/dev/null; then $(MAKE) -s --no-print-directory $(BUILD)/ui.built || \
	    echo "The page could not be built (see above); the daemon is complete but for it."; \
	else echo "The page is not built: there is no npm (Debian: apt install nodejs npm)."; fi

ui/node_modules/.installed: ui/package.json ui/package-lock.json
	$(call say,NPM,ui)
	$(Q)cd ui && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILD)/ui.built: $(UI) ui/node_modules/.installed
	$(call say,ESBUILD,$(BUILD)/ui)
	$(Q)node ui/build.mjs $(BUILD)/ui
	@touch $@

# The page from its sources, against a running daemon: make ui-dev STATE=DIR
ui-dev: ui/node_modules/.installed
	@exec node ui/dev.mjs $(if $(STATE),--state $(STATE))

ui-test: ui/node_modules/.installed
	@tools/run_tests page

# What of it was built (see ui/build.mjs) is embedded; without it the daemon says how to build it.
$(BUILD)/assets.c: tools/embed_assets $(wildcard $(BUILD)/ui/*)
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)tools/embed_assets $(BUILD)/ui $(BUILD)/ui_gzip > $@.new
	$(Q)mv $@.new $@

# ---- the playground ---------------------------------------------------------------------------

$(BUILD)/release/playground/.built: $(wildcard playground/lib/*.ex) playground/playground.app
	$(call say,ELIXIRC,playground)
	@mkdir -p $(@D)
	$(Q)$(ELIXIRC) -o $(@D) playground/lib/*.ex
	$(Q)cp playground/playground.app $(@D)/
	@touch $@

$(BUILD)/check/playground/.built: $(BUILD)/release/playground/.built
	@mkdir -p $(@D)
	$(Q)cp -r $(<D)/. $(@D)/

# ---- the daemon -------------------------------------------------------------------------------

$(BUILD)/release/%.o: src/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(RELEASE) -c -o $@ $<

$(BUILD)/check/%.o: src/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CHECK) -c -o $@ $<

# What is generated.
$(BUILD)/release/%.o: $(BUILD)/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(RELEASE) -c -o $@ $<

$(BUILD)/check/%.o: $(BUILD)/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CHECK) -c -o $@ $<

$(BUILD)/%/libwhitebeam.a: $(addprefix $(BUILD)/%/,$(OBJECTS))
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/release/whitebeam: $(BUILD)/release/main.o $(BUILD)/release/libwhitebeam.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HARDEN) -o $@ $^ $(LIBS)

$(BUILD)/check/whitebeam: $(BUILD)/check/main.o $(BUILD)/check/libwhitebeam.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

# ---- the renderer -----------------------------------------------------------------------------

$(BUILD)/release/render/%.o: render/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(RELEASE) -I. $(RENDER_CFLAGS) -c -o $@ $<

$(BUILD)/check/render/%.o: render/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CHECK) -I. $(RENDER_CFLAGS) -c -o $@ $<

$(BUILD)/release/whitebeam-render: $(RENDER_OBJECTS:%=$(BUILD)/release/%) $(BUILD)/release/libwhitebeam.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HARDEN) -o $@ $^ $(RENDER_LIBS)

$(BUILD)/check/whitebeam-render: $(RENDER_OBJECTS:%=$(BUILD)/check/%) $(BUILD)/check/libwhitebeam.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(RENDER_LIBS)

# ---- tests ------------------------------------------------------------------------------------

$(BUILD)/check/tests/%: tests/unit/%.c $(BUILD)/check/libwhitebeam.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CHECK) -MF $@.d -MT $@ -Itests -o $@ $< $(BUILD)/check/libwhitebeam.a $(LIBS) -lcmocka

# The part of the renderer that needs none of its libraries is tested by itself.
$(BUILD)/check/tests/render_%: tests/unit/render_%.c $(BUILD)/check/render/markdown.o $(BUILD)/check/libwhitebeam.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CHECK) -MF $@.d -MT $@ -I. -Itests -o $@ $< $(BUILD)/check/render/markdown.o \
	    $(BUILD)/check/libwhitebeam.a $(LIBS) -lcmocka

FUZZ     := $(BASE) -Wno-unknown-warning-option -O1 -fno-sanitize-recover=all \
            -fno-omit-frame-pointer -MD -MP
FUZZED   := $(filter-out src/serve/%.c src/command/%.c,$(SOURCES)) $(addprefix src/serve/,gate.c channel.c websocket.c websocket_frames.c)

$(BUILD)/fuzz/%.o: src/%.c
	$(call say,CLANG,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(BUILD)/fuzz/agent_modules.o: $(BUILD)/agent_modules.c
	$(call say,CLANG,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ) -c -o $@ $<

$(BUILD)/fuzz/libwhitebeam.a: $(FUZZED:src/%.c=$(BUILD)/fuzz/%.o) $(BUILD)/fuzz/agent_modules.o
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/libwhitebeam.a
	$(call say,CLANG,$@)
	$(Q)$(CLANG) $(FUZZ) -MF $@.d -MT $@ -fsanitize=fuzzer,address,undefined \
	    -o $@ $< $(BUILD)/fuzz/libwhitebeam.a $(LIBS)

$(BUILD)/check/end_to_end/%.o: tests/end_to_end/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CHECK) -Itests -c -o $@ $<

$(BUILD)/check/end_to_end/%_test: $(BUILD)/check/end_to_end/%_test.o \
                                  $(HARNESS:tests/%.c=$(BUILD)/check/%.o) \
                                  $(BUILD)/check/libwhitebeam.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/check/end_to_end/ebin/.built: $(TARGETS)
	$(call say,ERLC,$(@D))
	@mkdir -p $(@D)
	$(Q)$(ERLC) -Werror -o $(@D) $^
	@touch $@

$(BUILD)/agent_test/.built: $(AGENT_TESTS) $(BEAMS) $(BUILD)/merged/whitebeam_agent.beam
	$(call say,ERLC,$(@D))
	@mkdir -p $(@D)
	$(Q)$(ERLC) -Werror -o $(@D) $(AGENT_TESTS)
	@touch $@

# What the end-to-end tests run and run against.
STAGE := $(BUILD)/check/whitebeam $(BUILD)/check/$(PIPE) $(BUILD)/check/playground/.built \
         $(BUILD)/check/end_to_end/ebin/.built $(RENDER:%=$(BUILD)/check/%)

unit: $(UNIT_PROGRAMS) | $(BUILD)/check/$(PIPE) $(RENDER:%=$(BUILD)/check/%)
	@tools/run_tests unit $^

agent-test: $(BUILD)/agent_test/.built
	@tools/run_tests agent

end-to-end: $(STAGE) $(STORY_PROGRAMS)
	@tools/run_tests end_to_end

browser: browser-driver
	@$(MAKE) $(QUIET) ui
	@$(MAKE) $(QUIET) $(PARALLEL) all
	@tools/run_tests browser

# Without it the browser test is skipped, and says so.
browser-driver:
	@if command -v npm >/dev/null; then $(MAKE) $(QUIET) tests/browser/node_modules/.installed || \
	    echo "The driver of the browser test could not be installed."; fi

tests/%/node_modules/.installed: tests/%/package.json tests/%/package-lock.json
	$(call say,NPM,tests/$*)
	$(Q)cd tests/$* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

openapi: openapi-validator $(DESCRIBE)
	@tools/run_tests openapi

# Without it the test of the document is skipped, and says so.
openapi-validator:
	@if command -v npm >/dev/null; then $(MAKE) $(QUIET) tests/openapi/node_modules/.installed || \
	    echo "The validator of OpenAPI documents could not be installed."; fi

fuzz: $(FUZZ_PROGRAMS)
	@tools/run_tests fuzz $(FUZZ_SECONDS) $^

programs: all $(DESCRIBE) $(STAGE) $(UNIT_PROGRAMS) $(STORY_PROGRAMS) $(FUZZ_PROGRAMS) $(BUILD)/agent_test/.built

test-all: browser-driver openapi-validator
	@$(MAKE) $(QUIET) ui
	@$(MAKE) $(QUIET) $(PARALLEL) programs
	@$(MAKE) $(QUIET) layers
	@tools/run_tests all $(FUZZ_SECONDS)

# ---- care -------------------------------------------------------------------------------------

.PHONY: layers programs test-all
layers: $(DESCRIBE)
	@tools/check_layers
	@$(DESCRIBE) check

$(BUILD)/release/tools/%.o: tools/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(RELEASE) -c -o $@ $<

$(DESCRIBE): $(DESCRIBE_OBJECTS) $(BUILD)/release/libwhitebeam.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HARDEN) -o $@ $^ $(LIBS)

# What is written from the table of operations; see tools/describe/main.c.
.PHONY: docs
docs: $(DESCRIBE)
	@$(DESCRIBE) write

check: SETUP := check
check: setup
	@$(MAKE) $(QUIET) $(PARALLEL) layers
	$(Q)clang-format --dry-run --Werror $(SOURCES) $(wildcard src/*/*.h src/*.[ch] render/*.[ch] tests/*/*.[ch] tools/*/*.[ch])
	$(Q)cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr \
	    --suppress=missingIncludeSystem --error-exitcode=1 -Isrc src

format:
	$(Q)clang-format -i $(SOURCES) $(wildcard src/*/*.h src/*.[ch] render/*.[ch] tests/*/*.[ch] tools/*/*.[ch])

bench: SETUP := bench
bench: setup
	@$(MAKE) $(QUIET) $(PARALLEL) all
	@bench/run $(BENCH_FLAGS)

clean:
	$(Q)rm -rf $(BUILD)

-include $(foreach kind,release check fuzz,$(wildcard $(BUILD)/$(kind)/*/*/*.d $(BUILD)/$(kind)/*/*.d $(BUILD)/$(kind)/*.d))
