#!/usr/bin/env bats
# From the source to a machine: make install, make uninstall.

load helpers

ROOT=$BATS_TEST_DIRNAME/..

# What an outer make was told to build, by the variables in the environment, is
# what there is; its job server is not for this one.
make_in() { # FOLDER ARGUMENT...
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u DESTDIR -u PREFIX \
		make --no-print-directory -C "$@"
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
			share/man/man1/chatclient.1 644
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
	for page in chatserver.8 chatclient.1; do
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

@test "make install-strip: without the debugging symbols" {
	local there=$BATS_TEST_TMPDIR/there
	make_in "$ROOT" install-strip DESTDIR="$there"
	not grep -q '\.symtab' <(readelf -SW "$there/usr/local/sbin/chatserver")
	not grep -q '\.symtab' <(readelf -SW "$there/usr/local/bin/chatclient")
	"$there/usr/local/bin/chatclient" --version
}
