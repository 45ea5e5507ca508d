# SPDX-License-Identifier: MIT
# RealTimeChatSystem.  `make help` lists what there is to make.
#
# CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS stay yours; what the project itself
# needs is added to them.  Everything but the two programs is built in build/.

VERSION := 0.1.0

CC      ?= cc
# With sanitizers -O2 takes a third longer to build.
ifdef SAN
CFLAGS  ?= -O1 -g1
endif
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local

# Where things are installed, by the names of the GNU Coding Standards.  DESTDIR
# goes before each, for packages.
prefix      = $(PREFIX)
exec_prefix = $(prefix)
bindir      = $(exec_prefix)/bin
sbindir     = $(exec_prefix)/sbin
sysconfdir  = $(prefix)/etc
datarootdir = $(prefix)/share
datadir     = $(datarootdir)
mandir      = $(datarootdir)/man
docdir      = $(datarootdir)/doc/chatserver
unitdir     = $(prefix)/lib/systemd/system
bashdir     = $(datadir)/bash-completion/completions
zshdir      = $(datadir)/zsh/site-functions

INSTALL         ?= install
INSTALL_PROGRAM ?= $(INSTALL)
INSTALL_DATA    ?= $(INSTALL) -m 644

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wpointer-arith \
	-Wformat=2 -Wundef -Wvla -Wconversion
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
OWN_CFLAGS := -std=c11 -D_GNU_SOURCE -I. -DVERSION='"$(VERSION)"' \
	$(WARNINGS) -MMD -MP
OWN_LDFLAGS := -Wl,-z,relro,-z,now -pthread
PIE := -pie

# A process per user: each page table counts, and a static server needs fewer.
# STATIC= links it like any other program, as where the C library has no archive.
# Asked for once, by the first link that wants to know.
STATIC = $(eval STATIC := $(shell echo 'int main(void) { return 0; }' | \
	$(CC) $(CFLAGS) -fPIE -static-pie $(LDFLAGS) -x c -o /dev/null - \
	2>/dev/null && echo -static-pie))$(STATIC)
# No sanitizer can be linked so.
ifneq (,$(findstring -fsanitize,$(CFLAGS) $(LDFLAGS)))
STATIC :=
endif

# WERROR=1: warnings are errors, for continuous integration.
ifdef WERROR
OWN_CFLAGS += -Werror
endif

# SAN=1: everything with AddressSanitizer and UndefinedBehaviorSanitizer.
ifdef SAN
BUILD := build/san
OWN_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -fPIE
# -O1 knows fewer ranges of numbers than that warning wants to.
OWN_CFLAGS += -Wno-format-truncation
OWN_LDFLAGS += -fsanitize=address,undefined
STATIC :=
SERVER := $(BUILD)/chatserver
CLIENT := $(BUILD)/chatclient
else
BUILD := build/plain
OWN_CFLAGS += $(HARDENING)
SERVER := chatserver
CLIENT := chatclient
endif

# V=1 shows the commands in whole.
ifndef V
SAY = @echo '  $(1)  $@';
endif

objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))

# Of a program's folder and all below it; build/ mirrors them.
below = $(patsubst %.c,$(BUILD)/%.o,$(sort $(shell find $(1) -name '*.c')))

# The browser's client, as C.
WEB  := $(sort $(wildcard $(addprefix client/web/*.,html css js svg)))
PAGE := $(BUILD)/server/child/http/page_files

SERVER_OBJECTS := $(call below,server) $(PAGE).o
CLIENT_OBJECTS := $(call below,client)
IPC     := $(call below,ipc)
UNITS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
# Of the client; server and client have some names in common.
CLIENT_UNITS := $(addprefix $(BUILD)/tests/unit/test_,client_events client_loop \
	client_options mentions columns keys textbuf history roster sent complete joined room_lines seen resume)
STRESS  := $(addprefix $(BUILD)/tests/stress/,order order-rooms order-storm \
	storm-children storm-relay latency soak pressure)
# What those of one folder share.
CROWD   := $(filter-out $(addsuffix .o,$(STRESS)),\
	$(call objects,tests/stress/*.c)) $(BUILD)/tests/websocket/wire.o
SCREEN_TESTS := $(addprefix $(BUILD)/tests/screen/,typing restore model)
SCREEN  := $(filter-out $(addsuffix .o,$(SCREEN_TESTS)),\
	$(call objects,tests/screen/*.c))
BENCH   := $(addprefix $(BUILD)/tests/bench/,bench plain-fanout)
SANDBOX := $(addprefix $(BUILD)/tests/sandbox/,probe rights landlock inject \
	flood)
CAGE    := $(BUILD)/tests/sandbox/cage.o
ACTIVATION := $(addprefix $(BUILD)/tests/activation/,fd_passer notify_sink)
INJECT  := $(BUILD)/tests/faults/inject
ATTACK  := $(BUILD)/tests/control/attack
# A relay and a parent for the bus alone.
BUS_RELAY := $(BUILD)/tests/bus/relay
# Files of --state: printed, and made.
STATE_TESTS := $(addprefix $(BUILD)/tests/state/,dump past)
# The lock's own tests: the real lock, and locks that must fail them.
LOCK    := $(addprefix $(BUILD)/tests/lock/,step storm)
LOCKS   := $(LOCK) $(LOCK:=-plain) $(LOCK:=-mutant)
RIG     := $(addprefix $(BUILD)/tests/,lock/rig.o lock/scene.o \
	lock/clockwait.o stress/stress.o)
# The server with a lock that a kill can break: what the tests must catch.
BROKEN  := $(BUILD)/tests/faults/chatserver-plain-lock
# The server in another version, and in one with other frames: what to upgrade
# to.  Each has some objects of its own.
NEXT    := $(BUILD)/tests/upgrade/chatserver-next
OTHER   := $(BUILD)/tests/upgrade/chatserver-other
SEAMS   := $(BUILD)/tests/seams/chatserver
# WebSocket: who talks by scripts, and a server that is an echo there.
CONVERSE := $(BUILD)/tests/websocket/converse
ECHO    := $(BUILD)/tests/websocket/server/chatserver
NEXT_OWN  := $(addprefix server/,options \
	$(addprefix parent/,start takeover upgrade))
OTHER_OWN := $(NEXT_OWN) $(addprefix server/,child/channel relay/admission)
# What bash and zsh offer, made from each program's own table of options.
COMPLETIONS := $(addprefix $(BUILD)/completions/,chatserver.bash _chatserver \
	chatclient.bash _chatclient)
GENERATE := $(BUILD)/scripts/completions/generate

.PHONY: all run unit-tests test check check-model bench bench-hosts \
	bench-irc bench-peers bench-rooms bench-state fuzz soak lint format install install-strip uninstall dist distcheck \
	deb clean help
.SECONDARY:
.DELETE_ON_ERROR:

all: $(SERVER) $(CLIENT) $(COMPLETIONS)

run: all
	./$(SERVER)

# What needs nothing but what has been built: for packages.
unit-tests: $(UNITS)
	scripts/run-tests $(UNITS)

$(SERVER): $(SERVER_OBJECTS) $(IPC)
$(CLIENT): $(CLIENT_OBJECTS) $(IPC)
$(BROKEN): $(SERVER_OBJECTS) $(filter-out %/lock.o,$(IPC)) \
	$(BUILD)/tests/faults/plain_lock.o


own = $(patsubst %,$(BUILD)/$(1)/%.o,$(2)) \
	$(filter-out $(patsubst %,$(BUILD)/%.o,$(2)),$(SERVER_OBJECTS)) $(IPC)
$(NEXT): $(call own,next,$(NEXT_OWN))
$(OTHER): $(call own,other,$(OTHER_OWN))
$(BUILD)/next/%.o: OWN_CFLAGS += -UVERSION -DVERSION='"$(VERSION)-next"'
$(BUILD)/other/%.o: OWN_CFLAGS += -UVERSION -DVERSION='"$(VERSION)-other"' \
	-DFRAME_VERSION=99
$(BUILD)/next/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(CFLAGS) -c -o $@ $<
$(BUILD)/other/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(CFLAGS) -c -o $@ $<

# The server, with one more dialect and transport in its table of protocols.
$(SEAMS): $(filter-out %/protocols.o,$(SERVER_OBJECTS)) $(IPC) \
	$(call objects,tests/seams/*.c)
$(ECHO): $(filter-out %/protocols.o,$(SERVER_OBJECTS)) $(IPC) \
	$(call objects,tests/websocket/server/*.c)

$(SERVER) $(BROKEN) $(NEXT) $(OTHER) $(SEAMS) $(ECHO): PIE = $(or $(STATIC),-pie)

$(SERVER) $(CLIENT) $(BROKEN) $(NEXT) $(OTHER) $(SEAMS) $(ECHO):
	@mkdir -p $(@D)
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(GENERATE)-chatserver: $(BUILD)/server/option_table.o
$(GENERATE)-chatclient: $(BUILD)/client/options/option_table.o
$(GENERATE)-%: $(GENERATE).o $(BUILD)/ipc/common/option.o
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/completions/%.bash: $(GENERATE)-%
	@mkdir -p $(@D)
	$(call SAY,GEN)$< bash $* >$@
$(BUILD)/completions/_%: $(GENERATE)-%
	@mkdir -p $(@D)
	$(call SAY,GEN)$< zsh $* >$@

# An archive: a unit test gets what it uses, and may bring its own of the rest.
# Files of two folders may have one name, so each is appended, none replaced.
$(BUILD)/server.a: $(filter-out %/main.o,$(SERVER_OBJECTS)) $(IPC)
$(BUILD)/client.a: $(filter-out %/main.o,$(CLIENT_OBJECTS)) $(IPC)
$(BUILD)/server.a $(BUILD)/client.a:
	@rm -f $@
	$(call SAY,AR)$(AR) qcs $@ $^

$(CLIENT_UNITS): %: %.o $(BUILD)/client.a
$(filter-out $(CLIENT_UNITS),$(UNITS)): %: %.o $(BUILD)/server.a
$(UNITS):
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The system calls of server/disk/ go to a disk in memory, in these.
DISK_UNITS := $(addprefix $(BUILD)/tests/unit/test_,powercut)
comma := ,
$(DISK_UNITS): OWN_LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,openat fstatat \
	fstat renameat unlinkat getdents64 lseek pread __pread_chk pwrite \
	fallocate ftruncate fdatasync fsync close getrandom record_seal \
	record_follows)

$(STRESS): %: %.o $(CROWD)
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/bench/bench: $(filter-out %/plain-fanout.o %/bench.o,\
	$(call objects,tests/bench/*.c))
$(BENCH): %: %.o $(BUILD)/tests/stress/stress.o
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(SCREEN_TESTS): %: %.o $(SCREEN) $(BUILD)/tests/stress/stress.o
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(SANDBOX): %: %.o $(CAGE) $(BUILD)/server.a
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(CONVERSE): $(call objects,tests/websocket/*.c)
$(ACTIVATION): %: %.o
$(ATTACK) $(BUS_RELAY) $(STATE_TESTS): %: %.o $(BUILD)/server.a
$(ACTIVATION) $(ATTACK) $(BUS_RELAY) $(STATE_TESTS) $(CONVERSE):
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(INJECT): %: %.o $(addprefix $(BUILD)/tests/faults/,fault.o tracee.o)
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# lock.o stays as it is; what it calls for its timed wait is ours.
$(LOCKS): OWN_LDFLAGS += -Wl,--wrap=sem_clockwait
$(LOCK): %: %.o $(RIG) $(BUILD)/ipc/lock.o
$(LOCK:=-plain): %-plain: %.o $(RIG) $(BUILD)/tests/faults/plain_lock.o
$(LOCK:=-mutant): %-mutant: %.o $(RIG) $(BUILD)/tests/lock/mutant_lock.o
$(LOCKS):
	$(call SAY,LD)$(CC) $(CFLAGS) $(PIE) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(CFLAGS) -c -o $@ $<

# The folder changes when a file of it comes or goes.
$(PAGE).c: scripts/make-page client/web $(WEB)
	@mkdir -p $(@D)
	$(call SAY,GEN)scripts/make-page $(WEB) >$@
$(PAGE).o: $(PAGE).c
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(CFLAGS) -c -o $@ $<

# What the tests' scripts want to know.
TEST_ENV = SERVER='$(CURDIR)/$(SERVER)' CLIENT='$(CURDIR)/$(CLIENT)' \
	UPGRADES='$(CURDIR)/$(BUILD)/tests/upgrade' SEAMS='$(CURDIR)/$(SEAMS)' \
	SERVER_PLAIN='$(CURDIR)/$(BROKEN)' STRESS='$(CURDIR)/$(BUILD)/tests/stress' \
	SANDBOX='$(CURDIR)/$(BUILD)/tests/sandbox' INJECT='$(CURDIR)/$(INJECT)' \
	ATTACK='$(CURDIR)/$(ATTACK)' BUS_RELAY='$(CURDIR)/$(BUS_RELAY)' \
	STATE_TESTS='$(CURDIR)/$(BUILD)/tests/state' \
	WEBSOCKET='$(CURDIR)/$(BUILD)/tests/websocket' \
	LOCK_TESTS='$(CURDIR)/$(BUILD)/tests/lock' \
	SCREEN_TESTS='$(CURDIR)/$(BUILD)/tests/screen' \
	ACTIVATION='$(CURDIR)/$(BUILD)/tests/activation' \
	COMPLETIONS='$(CURDIR)/$(BUILD)/completions'

BENCH_ENV = SERVER='$(CURDIR)/$(SERVER)' BENCH='$(CURDIR)/$(BUILD)/tests/bench'

# AddressSanitizer cannot live in the sandbox: built with it, there is none.
ifndef SAN
PROBES := $(addprefix $(BUILD)/tests/sandbox/,probe rights landlock)
endif

# What continuous integration runs with sanitizers beside the unit programs:
# hostile bytes, and each path through child, relay, parent and client.  The
# rest takes too long there; `make check` runs it with them.
SAN_TESTS := $(addprefix tests/,$(addsuffix .bats,strangers telnet events))

# What bats files use beside the two programs.
TEST_PROGRAMS = $(STRESS) $(SCREEN_TESTS) $(SANDBOX) $(ACTIVATION) $(ATTACK) \
	$(BUS_RELAY) $(STATE_TESTS) $(BROKEN) $(NEXT) $(OTHER) $(SEAMS) $(CONVERSE) \
	$(ECHO)

# Installs what the tests need where it is missing, then runs them all.
# TESTS: these bats files alone, beside the unit programs; TEST_PROGRAMS= if they
# use none of those.
test: all $(UNITS) $(TEST_PROGRAMS)
	scripts/setup-tests
	$(TEST_ENV) UNIT_PROGRAMS='$(UNITS) $(PROBES)' scripts/run-tests \
		$(if $(TESTS),$(UNITS) $(PROBES) $(TESTS))

# What takes longer: the lock killed after each instruction, each system call
# failing with each error, the unit tests under valgrind, all with sanitizers.
check: all $(UNITS) $(SCREEN_TESTS) $(SANDBOX) $(LOCKS) $(INJECT)
	scripts/setup-tests
	$(TEST_ENV) scripts/check '$(UNITS)'

check-model:
	scripts/install-missing 'make check-model' spin:spin
	CC='$(CC)' tests/model/run

# FUZZ_SECONDS: how long each target is run.
fuzz:
	scripts/fuzz

# SOAK_SECONDS: how long.
soak: all $(STRESS)
	$(TEST_ENV) scripts/soak

# BENCH_CLIENTS, BENCH_SECONDS, BENCH_ROUNDS: how many, how long, how often.
# Variables of make's command line are in the environment of what it runs.
bench: all $(BENCH)
	@$(BENCH_ENV) scripts/bench

# The same against other servers, which it installs where they are missing.
bench-peers: all $(BENCH)
	@$(BENCH_ENV) scripts/bench-peers

# IRC clients of ours, beside InspIRCd and redis.
bench-irc: all $(BENCH)
	@$(BENCH_ENV) scripts/bench-irc

# Three hosts, beside one alone and NATS.
bench-hosts: all $(BENCH)
	@$(BENCH_ENV) scripts/bench-hosts

# Rooms, beside InspIRCd with the same channels.
bench-rooms: all $(BENCH)
	@$(BENCH_ENV) scripts/bench-rooms

# With --state, beside none, and with --sync 0.
bench-state: all $(BENCH)
	@$(BENCH_ENV) scripts/bench-state

lint:
	scripts/lint

format:
	clang-format -i $$(find server client ipc scripts tests -name '*.[ch]')

PAGES := server/chatserver.8 $(addprefix server/chatserver-,bus.7 events.7 irc.7) \
	client/chatclient.1
DOCS  := README.md CHANGELOG.md SECURITY.md LICENSE
BASH_COMPLETIONS := $(filter %.bash,$(COMPLETIONS))
ZSH_COMPLETIONS  := $(filter-out %.bash,$(COMPLETIONS))
SERVICES := $(wildcard scripts/deploy/*.service scripts/deploy/*.socket)
SAMPLES  := $(addprefix scripts/deploy/,inetd.conf xinetd.d/chatserver \
	many-hosts/nats-server.conf \
	$(addprefix many-hosts/,$(addsuffix .service.d/many-hosts.conf,\
		chatserver nats-server)))

# All that `make install` makes, and so what `make uninstall` removes.
INSTALLED = $(sbindir)/chatserver $(bindir)/chatclient \
	$(foreach page,$(PAGES),$(call page_path,$(page))) \
	$(patsubst %.bash,$(bashdir)/%,$(notdir $(BASH_COMPLETIONS))) \
	$(addprefix $(zshdir)/,$(notdir $(ZSH_COMPLETIONS))) \
	$(addprefix $(unitdir)/,$(notdir $(SERVICES))) \
	$(addprefix $(docdir)/,$(DOCS)) $(foreach file,$(SAMPLES),$(call sample_path,$(file)))
page_path = $(mandir)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
sample_path = $(patsubst scripts/deploy/%,$(docdir)/examples/%,$(1))
there = $(patsubst %,'$(DESTDIR)%',$(1))

# A line of a recipe for each.
define one_page
	$(INSTALL_DATA) $(1) $(call there,$(call page_path,$(1)))

endef
define one_bash
	$(INSTALL_DATA) $(1) $(call there,$(bashdir)/$(basename $(notdir $(1))))

endef
# A unit names the program by the path that it has here.
define one_unit
	sed -E -e 's,@sbindir@,$(sbindir),g; s,@sysconfdir@,$(sysconfdir),g' \
		-e 's,^(Exec[A-Za-z]*=[-@:+!]*)[^ ]*/chatserver( |$$),\1$(sbindir)/chatserver\2,' \
		$(1) | \
		$(INSTALL_DATA) /dev/stdin $(call there,$(unitdir)/$(notdir $(1)))

endef

define one_sample
	sed 's,/usr/local/sbin/chatserver,$(sbindir)/chatserver,' $(1) | \
		$(INSTALL_DATA) /dev/stdin $(call there,$(call sample_path,$(1)))

endef

# After `make`, root has nothing to compile.
install: all
	$(INSTALL) -d $(call there,$(sort $(dir $(INSTALLED))))
	$(INSTALL_PROGRAM) $(SERVER) $(call there,$(sbindir)/chatserver)
	$(INSTALL_PROGRAM) $(CLIENT) $(call there,$(bindir)/chatclient)
	$(foreach page,$(PAGES),$(call one_page,$(page)))
	$(foreach file,$(BASH_COMPLETIONS),$(call one_bash,$(file)))
	$(INSTALL_DATA) $(ZSH_COMPLETIONS) $(call there,$(zshdir))
	$(foreach unit,$(SERVICES),$(call one_unit,$(unit)))
	$(INSTALL_DATA) $(DOCS) $(call there,$(docdir))
	$(foreach file,$(SAMPLES),$(call one_sample,$(file)))

install-strip:
	$(MAKE) INSTALL_PROGRAM='$(INSTALL_PROGRAM) -s' install

# Folders stay, but for those of the documents: they are others' as well.
uninstall:
	rm -f $(call there,$(INSTALLED))
	rmdir $(call there,$(addprefix $(docdir),$(addprefix /examples/,xinetd.d \
		many-hosts/chatserver.service.d many-hosts/nats-server.service.d \
		many-hosts) /examples /)) \
		2>/dev/null || :

dist:
	@VERSION=$(VERSION) scripts/dist

# DISTCHECK_TESTS: which bats files.
distcheck: dist
	@VERSION=$(VERSION) scripts/distcheck

# Installs what it needs where it is missing.
deb: dist
	@VERSION=$(VERSION) scripts/deb

clean:
	rm -rf build chatserver chatclient

help:
	@echo 'make            build ./chatserver and ./chatclient'
	@echo 'make run        build, and start the server on 127.0.0.1:8888'
	@echo 'make test       install what tests need, and run them'
	@echo 'make test SAN=1 the same, built with ASan and UBSan'
	@echo 'make check      what takes longer: lock, faults, valgrind, all with SAN=1'
	@echo 'make check-model check the models of the lock and the hosts, with spin'
	@echo 'make fuzz       fuzz each parser for FUZZ_SECONDS=60'
	@echo 'make soak       churn for SOAK_SECONDS=600, then SOAK_KILLS=100000'
	@echo 'make bench      throughput, latency, connects, memory: in a minute'
	@echo 'make bench-hosts three hosts, beside one alone and NATS'
	@echo 'make bench-irc  IRC clients, beside InspIRCd and redis'
	@echo 'make bench-peers the same beside InspIRCd, ngIRCd and redis'
	@echo 'make bench-rooms 1,000 and 10,000 users in 100 rooms, beside InspIRCd'
	@echo 'make bench-state with --state beside without, and with --sync 0'
	@echo 'make lint       check format, style and common mistakes'
	@echo 'make format     put the sources into the format'
	@echo 'make install    install under PREFIX=/usr/local, or into DESTDIR'
	@echo 'make install-strip the same without debugging symbols'
	@echo 'make uninstall  remove what that has installed'
	@echo 'make dist       build/chatserver-$(VERSION).tar.gz'
	@echo 'make distcheck  build, test, install and uninstall from that'
	@echo 'make deb        Debian packages in build/deb/'
	@echo 'make clean      remove what was built'

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
