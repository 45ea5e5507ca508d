#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The Debian packages: built, looked at by lintian, unpacked and used.

load ../lib/helpers

ROOT=$BATS_TEST_DIRNAME/../..
DEBS=$ROOT/build/deb

make_in() { # FOLDER ARGUMENT...
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make --no-print-directory -C "$@"
}

setup_file() {
	grep -qsE '^ID(_LIKE)?=.*debian' /etc/os-release || skip 'this is no Debian'
	"$ROOT/scripts/install-missing" 'the Debian packages' \
		dpkg-buildpackage:dpkg-dev dh:debhelper lintian:lintian >&2 ||
		skip 'what builds packages cannot be installed here'
	make_in "$ROOT" deb >"$BATS_FILE_TMPDIR/log" 2>&1 3>&- || {
		cat "$BATS_FILE_TMPDIR/log"
		return 1
	}
}

# The one package of that name.
deb() { # PACKAGE
	local found=("$DEBS/$1"_*.deb)
	[[ ${#found[@]} == 1 && -e ${found[0]} ]] || return 1
	echo "${found[0]}"
}

@test "lintian has nothing to say" {
	run -0 lintian --fail-on error,warning \
		"$DEBS"/*.changes
	not grep -E '^[EW]:' <<<"$output"
}

@test "unpacked, the server and the client meet" {
	local there=$BATS_TEST_TMPDIR/there
	dpkg-deb -x "$(deb chatserver)" "$there"
	dpkg-deb -x "$(deb chatclient)" "$there"
	export SERVER=$there/usr/sbin/chatserver
	start_server
	connect alice
	"$there/usr/bin/chatclient" -Port "$PORT" --name bob --send 'fresh' \
		3>&- {NAP}>&-
	expect_line alice '[bob] fresh'
}

@test "nothing is in both packages, /usr/local or /etc" {
	local package
	for package in chatserver chatclient; do
		dpkg-deb -c "$(deb "$package")" | awk '$1 !~ /^d/ { print $6 }'
	done >"$BATS_TEST_TMPDIR/paths"
	equal "$(sort "$BATS_TEST_TMPDIR/paths" | uniq -d)" ''
	not grep -E '^\./(etc|usr/local|run|var)/' "$BATS_TEST_TMPDIR/paths"
}

@test "the installation starts nothing and makes the user" {
	dpkg-deb -e "$(deb chatserver)" "$BATS_TEST_TMPDIR/control"
	not grep -E 'deb-systemd-invoke +(start|restart)|systemctl.* start' \
		"$BATS_TEST_TMPDIR/control/postinst"
	grep -q systemd-sysusers "$BATS_TEST_TMPDIR/control/postinst"
	# And who is online during an update stays so.
	grep -q 'deb-systemd-invoke try-reload-or-restart chatserver.service' \
		"$BATS_TEST_TMPDIR/control/postinst"
	not grep -E "deb-systemd-invoke +'?stop.*upgrade" \
		"$BATS_TEST_TMPDIR/control/prerm"
	dpkg-deb --fsys-tarfile "$(deb chatserver)" |
		tar -xO ./usr/lib/sysusers.d/chatserver.conf |
		grep -q '^u _chatserver '
	[[ ! -e $BATS_TEST_TMPDIR/control/conffiles ]]
}

@test "what lasts is the user's of the package, and goes with a purge alone" {
	local root=$BATS_TEST_TMPDIR/root unit=$BATS_TEST_TMPDIR/unit
	dpkg-deb --fsys-tarfile "$(deb chatserver)" |
		tar -xO --wildcards '*/systemd/system/chatserver.service' >"$unit"
	grep -qx 'User=_chatserver' "$unit"
	not grep -q DynamicUser "$unit"
	grep -qx 'StateDirectory=chatserver' "$unit"
	grep -q -e '^ExecStart=/usr/sbin/chatserver --state %S/chatserver$' "$unit"
	dpkg-deb -e "$(deb chatserver)" "$BATS_TEST_TMPDIR/control"
	mkdir -p "$root/var/lib/chatserver"
	: >"$root/var/lib/chatserver/chat-00000001.log"
	DPKG_ROOT=$root "$BATS_TEST_TMPDIR/control/postrm" remove
	[[ -e $root/var/lib/chatserver/chat-00000001.log ]]
	DPKG_ROOT=$root "$BATS_TEST_TMPDIR/control/postrm" purge
	[[ ! -e $root/var/lib/chatserver ]]
}

@test "the same bytes when built again" {
	local sums
	sums=$(cd "$DEBS" && sha256sum ./*.deb)
	DEB_BUILD_OPTIONS=nocheck make_in "$ROOT" deb >/dev/null 2>&1 3>&-
	equal "$(cd "$DEBS" && sha256sum ./*.deb)" "$sums"
}
