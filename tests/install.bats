#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# From the source to a machine: make install, make uninstall, make dist.

load lib/helpers

ROOT=$BATS_TEST_DIRNAME/..

# What an outer make was told to build, by the variables in the environment, is
# what there is; its job server is not for this one.
make_in() { # FOLDER ARGUMENT...
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u DESTDIR -u PREFIX \
		make --no-print-directory -C "$@"
}

# Paths below a folder, each with its mode; folders, too.
listing() { # FOLDER
	find "$1" -mindepth 1 -printf '%P %m\n' | LC_ALL=C sort
}

files() { # FOLDER
	find "$1" ! -type d -printf '%P %m\n' | LC_ALL=C sort
}

# They meet: one hears what the other says.
installed_programs_talk() { # SERVER CLIENT
	SERVER=$1
	start_server
	connect alice
	"$2" -Port "$PORT" --name bob --send 'out of the box' 3>&- {NAP}>&-
	expect_line alice '[bob] out of the box'
}

# Units that are in nobody's way.
add_units() { # FOLDER OF THE SOURCE
	mkdir -p "$1/scripts/deploy"
	cat >"$1/scripts/deploy/chat-test.service" <<-'END'
		[Unit]
		Description=Named /usr/local/sbin/chatserver here, as it is
		[Service]
		ExecStartPre=/usr/bin/env echo /usr/local/sbin/chatserver
		ExecStart=-/usr/local/sbin/chatserver -Port 0
		ExecReload=@sbindir@/chatserver --config @sysconfdir@/chat
	END
	echo '[Socket]' >"$1/scripts/deploy/chat-test.socket"
}

@test "make install: each file at its place, readable for all; the programs talk" {
	local there=$BATS_TEST_TMPDIR/there unit
	# All but installing is done by then: root has nothing to build.
	make_in "$ROOT"
	umask 077
	run -0 make_in "$ROOT" install DESTDIR="$there"
	not grep -qE '^ +(CC|LD)' <<<"$output"
	equal "$(files "$there/usr/local")" "$({
		cat <<-'END'
			bin/chatclient 755
			sbin/chatserver 755
			share/bash-completion/completions/chatclient 644
			share/bash-completion/completions/chatserver 644
			share/doc/chatserver/CHANGELOG.md 644
			share/doc/chatserver/LICENSE 644
			share/doc/chatserver/README.md 644
			share/doc/chatserver/SECURITY.md 644
			share/doc/chatserver/examples/inetd.conf 644
			share/doc/chatserver/examples/many-hosts/chatserver.service.d/many-hosts.conf 644
			share/doc/chatserver/examples/many-hosts/nats-server.conf 644
			share/doc/chatserver/examples/many-hosts/nats-server.service.d/many-hosts.conf 644
			share/doc/chatserver/examples/xinetd.d/chatserver 644
			share/man/man1/chatclient.1 644
			share/man/man7/chatserver-bus.7 644
			share/man/man7/chatserver-events.7 644
			share/man/man7/chatserver-irc.7 644
			share/man/man8/chatserver.8 644
			share/zsh/site-functions/_chatclient 644
			share/zsh/site-functions/_chatserver 644
		END
		for unit in "$ROOT"/scripts/deploy/*.{service,socket}; do
			[[ ! -e $unit ]] ||
				echo "lib/systemd/system/${unit##*/} 644"
		done
	} | LC_ALL=C sort)" 'what is installed'
	not grep -v ' 755$' <(find "$there" -type d -printf '%p %m\n')
	equal "$(find "$there" ! -type d ! -path "$there/usr/local/*")" '' \
		'what is elsewhere'
	installed_programs_talk "$there/usr/local/sbin/chatserver" \
		"$there/usr/local/bin/chatclient"
}

@test "the manuals are found and can be read" {
	local there=$BATS_TEST_TMPDIR/there page
	command -v man >/dev/null || skip 'no man here'
	make_in "$ROOT" install DESTDIR="$there"
	for page in chatserver.8 chatserver-bus.7 chatserver-events.7 chatserver-irc.7 chatclient.1; do
		equal "$(man -M "$there/usr/local/share/man" -w "${page#*.}" \
			"${page%.*}")" \
			"$there/usr/local/share/man/man${page#*.}/$page"
		man -M "$there/usr/local/share/man" "${page%.*}" 2>/dev/null |
			grep -qF "$(sed -n 's/^\.Nd //p' "$ROOT"/*/"$page")"
	done
}

@test "make uninstall: what was installed is gone, and nothing else" {
	local there=$BATS_TEST_TMPDIR/there before
	mkdir -p "$there"/usr/{bin,sbin,share/man/man1,share/doc}
	touch "$there"/usr/{bin/chatclient2,share/man/man1/cat.1}
	before=$(files "$there")
	make_in "$ROOT" install DESTDIR="$there" PREFIX=/usr
	[[ -x $there/usr/bin/chatclient ]]
	make_in "$ROOT" uninstall DESTDIR="$there" PREFIX=/usr
	equal "$(files "$there")" "$before"
	[[ ! -e $there/usr/share/doc/chatserver ]]
	# Once more is no error, nor is a file of somebody else's.
	make_in "$ROOT" install DESTDIR="$there" PREFIX=/usr
	touch "$there/usr/share/doc/chatserver/NOTES"
	make_in "$ROOT" uninstall DESTDIR="$there" PREFIX=/usr
	make_in "$ROOT" uninstall DESTDIR="$there" PREFIX=/usr
	contains "$(files "$there")" share/doc/chatserver/NOTES
}

@test "make dist: the same bytes each time, from a clone and from what it made" {
	takes_long
	local version tarball tmp=$BATS_TEST_TMPDIR
	version=$("$SERVER" --version)
	tarball=$ROOT/build/chatserver-${version#* }.tar.gz
	make_in "$ROOT" dist
	cp "$tarball" "$tmp/first.tar.gz"
	make_in "$ROOT" dist
	cmp "$tarball" "$tmp/first.tar.gz"
	equal "$(tar -tzf "$tarball" | grep -v "^chatserver-${version#* }/")" ''

	(umask 077 && tar -xzf "$tarball" -C "$tmp")
	make_in "$tmp/chatserver-${version#* }" dist
	cmp "$tarball" "$tmp/chatserver-${version#* }/build/${tarball##*/}"
}

@test "the tarball builds without git, and installs wherever one wants" {
	takes_long
	local version there="$BATS_TEST_TMPDIR/over there" source before dirs sample
	version=$("$SERVER" --version)
	make_in "$ROOT" dist
	tar -xzf "$ROOT/build/chatserver-${version#* }.tar.gz" \
		-C "$BATS_TEST_TMPDIR"
	source=$BATS_TEST_TMPDIR/chatserver-${version#* }
	before=$(listing "$source")
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 127\n' >"$BATS_TEST_TMPDIR/bin/git"
	chmod +x "$BATS_TEST_TMPDIR/bin/git"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
	make_in "$source" -j2 SAN='' CFLAGS=-O0

	add_units "$source"
	dirs=(prefix=/p exec_prefix=/x mandir=/m datadir=/d sysconfdir=/e
		docdir=/doc unitdir=/u)
	make_in "$source" install SAN='' CFLAGS=-O0 DESTDIR="$there" "${dirs[@]}"
	equal "$(files "$there" | sed '/^u\/chatserver/d')" "$(cat <<-'END'
		d/bash-completion/completions/chatclient 644
		d/bash-completion/completions/chatserver 644
		d/zsh/site-functions/_chatclient 644
		d/zsh/site-functions/_chatserver 644
		doc/CHANGELOG.md 644
		doc/LICENSE 644
		doc/README.md 644
		doc/SECURITY.md 644
		doc/examples/inetd.conf 644
		doc/examples/many-hosts/chatserver.service.d/many-hosts.conf 644
		doc/examples/many-hosts/nats-server.conf 644
		doc/examples/many-hosts/nats-server.service.d/many-hosts.conf 644
		doc/examples/xinetd.d/chatserver 644
		m/man1/chatclient.1 644
		m/man7/chatserver-bus.7 644
		m/man7/chatserver-events.7 644
		m/man7/chatserver-irc.7 644
		m/man8/chatserver.8 644
		u/chat-test.service 644
		u/chat-test.socket 644
		x/bin/chatclient 755
		x/sbin/chatserver 755
	END
	)"
	equal "$(cat "$there/u/chat-test.service")" "$(cat <<-'END'
		[Unit]
		Description=Named /usr/local/sbin/chatserver here, as it is
		[Service]
		ExecStartPre=/usr/bin/env echo /usr/local/sbin/chatserver
		ExecStart=-/x/sbin/chatserver -Port 0
		ExecReload=/x/sbin/chatserver --config /e/chat
	END
	)"
	for sample in inetd.conf xinetd.d/chatserver \
		many-hosts/chatserver.service.d/many-hosts.conf; do
		grep -q '/x/sbin/chatserver' "$there/doc/examples/$sample"
		not grep -q /usr/local "$there/doc/examples/$sample"
	done
	equal "$("$there/x/sbin/chatserver" --version)" "$version"
	installed_programs_talk "$there/x/sbin/chatserver" \
		"$there/x/bin/chatclient"

	make_in "$source" uninstall DESTDIR="$there" "${dirs[@]}"
	equal "$(files "$there")" ''
	rm "$source"/scripts/deploy/chat-test.*
	make_in "$source" clean
	rmdir "$source/scripts/deploy" 2>/dev/null || true
	equal "$(listing "$source")" "$before" 'what make clean leaves'
}

@test "make install-strip: without the debugging symbols" {
	local there=$BATS_TEST_TMPDIR/there
	make_in "$ROOT" install-strip DESTDIR="$there"
	not grep -q '\.symtab' <(readelf -SW "$there/usr/local/sbin/chatserver")
	not grep -q '\.symtab' <(readelf -SW "$there/usr/local/bin/chatclient")
	"$there/usr/local/bin/chatclient" --version
}
