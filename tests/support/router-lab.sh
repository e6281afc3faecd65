#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# router-lab.sh PROGRAM ARGS...: runs a test program as the computer of a home of its own:
#
#     this (p0 192.168.77.10) -- router-r (l0 192.168.77.1, w0 5.6.7.8) -- router-i (w1 5.6.7.1)
#
# in network, mount and process namespaces that end with it. By root, or in a user namespace. Where neither is
# to be had the test is skipped, in TAP, with the reason. ROUTER_LAB_DIR is a scratch directory.
# The program reaches the router by `ip netns exec router-r ...`.

skip () {
  echo "TAP version 13"
  echo "1..0 # SKIP $1"
  exit 0
}

if [ -z "$ROUTER_LAB_INSIDE" ]; then
  PATH=$PATH:/usr/sbin:/sbin
  for tool in ip nft unshare; do
    command -v $tool >/dev/null || skip "no $tool here"
  done
  user=
  [ "$(id -u)" = 0 ] || user=-Ur
  unshare $user -nmpf --mount-proc true 2>/dev/null || skip "no network namespaces: neither root nor user namespaces"
  export PATH ROUTER_LAB_INSIDE=1
  exec unshare $user -nmpf --mount-proc --kill-child "$0" "$@"
fi

set -e
mount -t tmpfs tmpfs /run
ROUTER_LAB_DIR=/run/router-lab
export ROUTER_LAB_DIR
mkdir -p $ROUTER_LAB_DIR
ip link set lo up
ip netns add router-r
ip netns add router-i
for ns in router-r router-i; do
  ip -n $ns link set lo up
done

ip link add p0 address 02:00:00:00:77:10 type veth peer name l0 netns router-r address 02:00:00:00:77:01
ip addr add 192.168.77.10/24 dev p0
ip link set p0 up
ip -n router-r addr add 192.168.77.1/24 dev l0
ip -n router-r addr add 192.168.77.66/24 dev l0
ip -n router-r link set l0 up
ip -n router-r link add w0 type veth peer name w1 netns router-i
ip -n router-r addr add 5.6.7.8/24 dev w0
ip -n router-r link set w0 up
ip -n router-i addr add 5.6.7.1/24 dev w1
ip -n router-i link set w1 up
ip route add default via 192.168.77.1

ip netns exec router-r sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
# One test after another exhausts the kernel's allowance of "port unreachable".
ip netns exec router-r sh -c 'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit' 2>/dev/null || true
ip netns exec router-r nft -f - <<END
table inet filter {
  chain miniupnpd { }
  chain forward { type filter hook forward priority 0; policy drop; ct state established,related accept; iifname "l0" accept; jump miniupnpd; }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; oifname "w0" masquerade; jump postrouting_miniupnpd; }
}
END
exec "$@"
