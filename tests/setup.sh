#!/bin/bash
# Sets up a checkout on Debian 12: `setup.sh venv` makes .venv, `setup.sh demo` installs the servers that the demo
# likes to run, `setup.sh lab` those of the lab. Says nothing when there is nothing to do; one line when it cannot be done.
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3.11}
DEMO="bind9 nginx-light openssh-server openssl util-linux"
LAB="apache2 arp-scan bind9 bind9-dnsutils chromium composer cron curl dnsmasq-base faketime fonts-liberation frr frr-pythontools iproute2 iputils-ping knot libatomic1 mariadb-server nftables nginx-light nmap openssh-server openssl
pdns-backend-sqlite3 pdns-server pebble php8.2-cli php8.2-curl php8.2-fpm php8.2-gd php8.2-mbstring php8.2-mysql php8.2-xml poppler-utils postgresql
procps sudo udhcpc util-linux wordpress wordpress-theme-twentytwentythree"

fail() { echo "setup: $*" >&2; exit 1; }

missing() { # packages of "$@" that are not installed
    local name
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || echo "$name"
    done
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt_install() {
    local names policy=/usr/sbin/policy-rc.d log=.venv/apt.log
    mapfile -t names < <(missing "$@")
    [ ${#names[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "not a Debian; install yourself: ${names[*]}"
    as_root true 2>/dev/null || fail "needs root or sudo without password to install: ${names[*]}"
    echo "Installing ${#names[@]} Debian packages (once)..."
    # One at a time: the second would take away what keeps the first one's servers off.
    mkdir -p .venv
    exec 9>.venv/apt.lock
    flock 9
    # The lab starts its own servers; those of the packages must stay off (invoke-rc.d(8)).
    if [ ! -e $policy ]; then
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
    fi
    as_root apt-get -qq update >"$log" 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${names[@]}" >>"$log" 2>&1 ||
        fail "apt-get could not install ${names[*]}; see $log"
}

make_venv() {
    command -v "$PYTHON" >/dev/null || fail "$PYTHON is not here"
    "$PYTHON" -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
    echo "Installing the Python packages into .venv (once)..."
    [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
    # pip is loud and names the machine's folders; what it says is kept for when it fails.
    .venv/bin/python -m pip --disable-pip-version-check --no-input install -q -c constraints.txt -e '.[test]' \
        >.venv/pip.log 2>&1 || fail "pip could not install the packages; see .venv/pip.log"
    touch .venv/ready
}

case "${1:-}" in
    venv) make_venv ;;
    # shellcheck disable=SC2086
    demo) (apt_install $DEMO) || echo "setup: the demo goes on with doubles for what is missing" >&2 ;;
    # shellcheck disable=SC2086
    lab) apt_install $LAB ;;
    *) fail "usage: setup.sh venv|demo|lab" ;;
esac
