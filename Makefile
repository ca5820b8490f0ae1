# Whitebeam. Targets: all run test check fuzz bench format clean (see CONTRIBUTING.md).
#
# Everything generated lives under build/: build/release is what people run, build/check the same
# with sanitizers, for tests.

ifeq ($(origin CC),default)
CC       := gcc
endif
CLANG    ?= clang
ERLC     ?= erlc
ELIXIRC  ?= elixirc
BUILD    := build
PACKAGES := libuv libmicrohttpd jansson libpcre2-8 libconfuse nettle zlib libsodium

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wno-format-truncation -Werror
INCLUDES := -Isrc $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS     := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm -lpthread
BASE     := -std=gnu17 -D_GNU_SOURCE -g $(WARNINGS) $(INCLUDES)
RELEASE  := $(BASE) -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -MMD -MP
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CHECK    := $(BASE) -O1 $(SANITIZE) -MMD -MP
HARDEN   := -pie -Wl,-z,relro,-z,now

SOURCES  := $(sort $(wildcard src/*/*.c))
AGENT    := $(sort $(wildcard agent/src/*.erl))
BEAMS    := $(AGENT:agent/src/%.erl=$(BUILD)/agent/%.beam)
OBJECTS  := $(SOURCES:src/%.c=%.o) agent_modules.o
UNITS    := $(sort $(wildcard tests/unit/*_test.c))
FUZZERS  := $(sort $(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SECONDS ?= 10

.PHONY: all run demo setup test unit agent-test end-to-end fuzz check format bench clean
.SECONDARY:

all: $(BUILD)/release/whitebeam $(BUILD)/release/playground/.built

# ---- set-up -----------------------------------------------------------------------------------

setup:
	@tools/setup

run: setup
	@$(MAKE) --no-print-directory all
	@exec $(BUILD)/release/whitebeam demo

test: setup
	@$(MAKE) --no-print-directory test-all

# ---- the agent --------------------------------------------------------------------------------

$(BUILD)/agent/%.beam: agent/src/%.erl
	@mkdir -p $(@D)
	$(ERLC) -Werror +deterministic -o $(@D) $<

$(BUILD)/agent_modules.c: tools/embed_agent $(BEAMS)
	tools/embed_agent $(BEAMS) > $@.new
	mv $@.new $@

# ---- the playground ---------------------------------------------------------------------------

$(BUILD)/release/playground/.built: $(wildcard playground/lib/*.ex) playground/playground.app
	@mkdir -p $(@D)
	$(ELIXIRC) -o $(@D) playground/lib/*.ex
	cp playground/playground.app $(@D)/
	touch $@

$(BUILD)/check/playground/.built: $(BUILD)/release/playground/.built
	@mkdir -p $(@D)
	cp -r $(<D)/. $(@D)/

# ---- the daemon -------------------------------------------------------------------------------

$(BUILD)/release/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(RELEASE) -c -o $@ $<

$(BUILD)/check/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CHECK) -c -o $@ $<

$(BUILD)/release/agent_modules.o: $(BUILD)/agent_modules.c
	@mkdir -p $(@D)
	$(CC) $(RELEASE) -c -o $@ $<

$(BUILD)/check/agent_modules.o: $(BUILD)/agent_modules.c
	@mkdir -p $(@D)
	$(CC) $(CHECK) -c -o $@ $<

$(BUILD)/%/libwhitebeam.a: $(addprefix $(BUILD)/%/,$(OBJECTS))
	rm -f $@
	ar rcs $@ $^

$(BUILD)/release/whitebeam: $(BUILD)/release/main.o $(BUILD)/release/libwhitebeam.a
	$(CC) $(HARDEN) -o $@ $^ $(LIBS)

$(BUILD)/check/whitebeam: $(BUILD)/check/main.o $(BUILD)/check/libwhitebeam.a
	$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

# ---- tests ------------------------------------------------------------------------------------

$(BUILD)/check/tests/%: tests/unit/%.c $(BUILD)/check/libwhitebeam.a
	@mkdir -p $(@D)
	$(CC) $(CHECK) -Itests -o $@ $< $(BUILD)/check/libwhitebeam.a $(LIBS) -lcmocka

$(BUILD)/fuzz/%: tests/fuzz/%.c $(SOURCES)
	@mkdir -p $(@D)
	$(CLANG) $(BASE) -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -o $@ $< $(filter src/base/%.c src/term/%.c src/link/%.c src/serve/gate.c,$(SOURCES)) $(LIBS)

unit: $(UNITS:tests/unit/%.c=$(BUILD)/check/tests/%)
	tools/run_tests unit $^

agent-test: $(BEAMS)
	tools/run_tests agent

end-to-end: $(BUILD)/check/whitebeam $(BUILD)/check/playground/.built
	tools/run_tests end_to_end

fuzz: $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)
	tools/run_tests fuzz $(FUZZ_SECONDS) $^

test-all:
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/check/whitebeam $(BUILD)/check/playground/.built \
	    $(UNITS:tests/unit/%.c=$(BUILD)/check/tests/%) $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)
	@$(MAKE) --no-print-directory layers
	tools/run_tests all $(FUZZ_SECONDS)

# ---- care -------------------------------------------------------------------------------------

.PHONY: layers test-all
layers:
	@tools/check_layers

check: layers
	clang-format --dry-run --Werror $(SOURCES) $(wildcard src/*/*.h src/*.[ch] tests/*/*.[ch])
	cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr \
	    --suppress=missingIncludeSystem --error-exitcode=1 -Isrc src

format:
	clang-format -i $(SOURCES) $(wildcard src/*/*.h src/*.[ch] tests/*/*.[ch])

bench: all
	@bench/run $(BENCH_FLAGS)

clean:
	rm -rf $(BUILD)

-include $(wildcard $(BUILD)/*/*/*.d $(BUILD)/*/*.d)
