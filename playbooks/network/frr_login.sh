#!/bin/sh
# The login of the program's account on an FRR router (ForceCommand): vtysh, and three commands that vtysh has not.
# FRR can neither show its saved configuration nor take a change back by itself; README of this folder.
guard=/etc/frr/pelihara-batal
set -f
case $SSH_ORIGINAL_COMMAND in
"")
    VTYSH_PAGER=cat exec vtysh
    ;;
"cat /etc/frr/frr.conf")
    exec cat /etc/frr/frr.conf
    ;;
"pelihara-arm "*)
    # pelihara-arm SECONDS LINES: unless disarmed, the lines (base64) are typed after so many seconds.
    set -- $SSH_ORIGINAL_COMMAND
    find /etc/frr -name 'pelihara-batal.*' -delete
    lines=$(mktemp "$guard.XXXXXX") && echo "$3" | base64 -d >"$lines" || exit 1
    setsid sh -c 'sleep "$2"; [ -e "$1" ] && vtysh -f "$1"; rm -f "$1"' - "$lines" "$2" </dev/null >/dev/null 2>&1 &
    echo armed
    ;;
"pelihara-disarm")
    find /etc/frr -name 'pelihara-batal.*' -delete
    echo disarmed
    ;;
*)
    exec vtysh -c "$SSH_ORIGINAL_COMMAND"
    ;;
esac
