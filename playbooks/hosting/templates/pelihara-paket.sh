#!/bin/sh
# All that the login user may do with packages as root: bring installed ones to a version that apt knows, or finish what
# was cut off. Install as /usr/local/sbin/pelihara-paket, owner root, mode 755 (README.md, "Preparing a host").
#   pelihara-paket install NAME=VERSION...
#   pelihara-paket configure
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
log=/var/log/pelihara-paket.log
# Debian Policy 5.6.1, 5.6.12. Apt takes a last + or - for a wish to install or to remove.
package='[a-z0-9][a-z0-9+.-]{1,99}=[0-9]([A-Za-z0-9.+~:-]{0,98}[A-Za-z0-9~])?'

refuse() {
    echo "pelihara-paket: $1" >&2
    exit 64
}

known() {
    case $1 in *[!A-Za-z0-9.+~:=-]*) refuse "not NAME=VERSION" ;; esac
    printf '%s\n' "$1" | grep -Exq -e "$package" || refuse "not NAME=VERSION"
    case $(dpkg-query -W -f '${db:Status-Status}' "${1%%=*}" 2>/dev/null) in
        '' | not-installed | config-files) refuse "not installed: ${1%%=*}" ;;
    esac
}

case ${1-} in
    configure)
        [ $# -eq 1 ] || refuse "configure takes no argument"
        set -- dpkg --force-confdef --force-confold --configure -a
        ;;
    install)
        shift
        [ $# -ge 1 ] && [ $# -le 40 ] || refuse "one to 40 packages"
        for each; do known "$each"; done
        set -- apt-get -q -y --no-remove --no-install-recommends --allow-downgrades -o DPkg::Lock::Timeout=120 \
            -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install -- "$@"
        ;;
    *) refuse "install NAME=VERSION... or configure" ;;
esac
exec 9>/run/lock/pelihara-paket
flock -w 600 9 || refuse "another one is at work"
# Whoever asked may be gone before this is done: apt must not end halfway for want of somebody who listens.
"$@" </dev/null >>"$log" 2>&1 9>&- || {
    tail -n 12 "$log" >&2
    exit 1
}
