# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A machine of its own for a bats file that loads this behind the helpers: the
# real systemd as process 1 of new namespaces, on a copy of all files that is
# gone with it.  There is loopback and nothing else.

declare -g SYSTEMD=/lib/systemd/systemd

# What boots it, as the first process of the new namespaces: FOLDER SYSTEMD.
# shellcheck disable=SC2016 # for that process
boot='
set -e
mount -t tmpfs machine "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" \
	machine "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --rbind /dev dev
mount --rbind /sys sys
for place in run tmp dev/shm var/tmp; do
	mount -t tmpfs machine "$place"
done
mount -t tmpfs machine sys/fs/cgroup
mount -t cgroup2 machine sys/fs/cgroup
# What looks after hardware, or after the rest of the machine.
mkdir -p run/systemd/system
for unit in systemd-udevd.service systemd-udevd-{kernel,control}.socket \
	systemd-udev-trigger.service systemd-logind.service \
	systemd-journal-flush.service systemd-journald-audit.socket \
	systemd-modules-load.service systemd-sysctl.service \
	systemd-random-seed.service systemd-remount-fs.service \
	systemd-binfmt.service dev-{mqueue,hugepages}.mount \
	sys-{fs-fuse-connections,kernel-debug,kernel-tracing,kernel-config}.mount \
	proc-sys-fs-binfmt_misc.automount; do
	ln -s /dev/null "run/systemd/system/$unit"
done
: >etc/fstab
ip link set lo up
pivot_root . mnt
umount -l mnt
container=test exec "$2" --system --unit=basic.target --show-status=no
'

# Once for the file.  MACHINE, its first process, stays empty where there can be
# none.
make_machine() {
	export MACHINE=''
	[[ -x $SYSTEMD && $(id -u) == 0 ]] || return 0
	mkdir "$BATS_FILE_TMPDIR/machine"
	unshare -m -p -f -C -n -u -i --propagation private --kill-child \
		bash -c "$boot" boot "$BATS_FILE_TMPDIR/machine" "$SYSTEMD" \
		</dev/null >"$BATS_FILE_TMPDIR/machine.log" 2>&1 3>&- &
	export MACHINE_PARENT=$!
	if eventually 20 machine_is_up; then
		MACHINE=$(pgrep -P "$MACHINE_PARENT")
	else
		drop_machine
	fi
}

machine_is_up() {
	local pid
	pid=$(pgrep -P "$MACHINE_PARENT") &&
		[[ $(cat "/proc/$pid/comm") == systemd ]] &&
		MACHINE=$pid inside systemctl is-active -q basic.target \
			2>/dev/null
}

drop_machine() {
	if [[ -n ${MACHINE_PARENT-} ]]; then
		kill -KILL "$MACHINE_PARENT" 2>/dev/null || true
		wait "$MACHINE_PARENT" 2>/dev/null || true
	fi
}

need_machine() {
	[[ -n $MACHINE ]] || skip "systemd cannot be run here"
}

# Runs a command in the machine.
inside() { # COMMAND...
	nsenter -t "$MACHINE" -m -p -C -n -u -i -- "$@"
}

# A copy there of a file that may be in a folder that the machine does not see.
carry() { # FILE PLACE
	inside tee "$2" <"$1" >/dev/null
}

# Somebody in the machine, at a program that talks by its network.
seat_inside() { # NAME COMMAND...
	local name=$1
	shift
	seat "$name" nsenter -t "$MACHINE" -n -- "$@"
}
