#!/bin/sh
# Loads the FRR configuration on stdin into fresh daemons, and prints what they then say they run.
# Started by drill.py as root within new network, mount, process and host-name namespaces: nothing of this machine's own
# FRR is touched, nothing is reachable, and everything ends with this shell.
# frr_drill.sh PROGRAMS NAME "DAEMON ..." "INTERFACE ..."
set -eu
programs=$1 name=$2 daemons=$3 interfaces=$4

for folder in /etc/frr /run/frr /var/log; do
    [ -d "$folder" ] || continue
    mount -t tmpfs -o mode=0755 tmpfs "$folder"
done
chown frr:frr /run/frr /etc/frr
mkdir -p /run/frr /var/log/frr
chown frr:frr /var/log/frr
umask 077
cat > /etc/frr/frr.conf
echo "service integrated-vtysh-config" > /etc/frr/vtysh.conf
chown frr:frr /etc/frr/frr.conf /etc/frr/vtysh.conf

hostname "$name"
# What a router's kernel does; the configuration says where it does not.
echo 1 > /proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
ip link set lo up
number=0
for interface in $interfaces; do
    # A cable whose other end nobody holds.
    number=$((number + 1))
    ip link add "$interface" type veth peer name "lepas$number"
    ip link set "$interface" up
    ip link set "lepas$number" up
done
for daemon in $daemons; do
    "$programs/$daemon" --daemon --user frr --group frr --log stdout > /dev/null
done
vtysh -b >&2
VTYSH_PAGER=cat exec vtysh -c "show running-config"
