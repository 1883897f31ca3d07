#!/bin/sh
# SPDX-License-Identifier: MIT
# test_announce.sh RESIDUUM SOUND_TOOL: the network is told of live's servers where they listen beyond this machine, and
# only there. By an Avahi of its own, on a bus of its own and on the loopback device alone: for root, where no other runs.
# shellcheck disable=SC2317 # functions are called through soon
. "$(dirname "$0")/check.sh"
# shellcheck source=tests/support/need_tools.sh
. "$(dirname "$0")/../support/need_tools.sh"
need_tools dbus-daemon avahi-daemon avahi-browse
[ "$(id -u)" = 0 ] || { echo "an Avahi of one's own needs root: skipped"; exit 77; }
if avahi-daemon --check 2>/dev/null; then echo "another Avahi runs on this machine: skipped"; exit 77; fi
# shellcheck source=tests/support/live.sh
. "$(dirname "$0")/../support/live.sh"
app_pid='' local_pid='' bus_pid='' avahi_pid=''
cleanup() {
    for pid in $app_pid $local_pid $avahi_pid $bus_pid; do kill "$pid" 2>/dev/null && wait "$pid"; done
    rm -rf "$folder"
}
trap cleanup EXIT

cat >bus.conf <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=$folder/bus</listen><auth>EXTERNAL</auth><policy context="default">
<allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
<allow send_type="method_call"/><allow send_type="signal"/></policy></busconfig>
END
printf '[server]\nallow-interfaces=lo\nuse-ipv6=no\ndisallow-other-stacks=no\n' >avahi.conf
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$folder/bus"
dbus-daemon --config-file=bus.conf --nofork --nopidfile >bus.log 2>&1 &
bus_pid=$!
soon test -S bus
avahi-daemon --file "$folder/avahi.conf" --no-rlimits --no-chroot --no-drop-root >avahi.log 2>&1 &
avahi_pid=$!
soon grep -q 'Server startup complete' avahi.log
grep -q 'Server startup complete' avahi.log || { cat bus.log avahi.log; echo "no Avahi starts on this machine: skipped"; exit 77; }

# tells TYPE PORT: the network is told of that port.
tells() { avahi-browse --parsable --resolve --terminate "$1" 2>/dev/null | grep -q "^=.*;127.0.0.1;$2;"; }
tells_nothing() { ! avahi-browse --parsable --terminate "$1" 2>/dev/null | grep -q .; }
http_port() { sed -n 's|.* at http://[0-9.]*:\([0-9]*\)/.*|\1|p' live.out; }

start_live --http 0 --duration 600
local_pid=$app_pid local_port=$(http_port) # which began first
start_live --http 0 --http-bind 0.0.0.0 --duration 600
check "a server for others is told of" soon tells _oscjson._tcp "$(http_port)"
if tells _oscjson._tcp "$local_port"; then fails "one for this machine is not"; else holds "one for this machine is not"; fi
check "nor is OSC that listens to this machine alone" tells_nothing _osc._udp
kill "$app_pid"
wait "$app_pid"
check "what has ended is no longer told of" soon tells_nothing _oscjson._tcp
start_live --http 0 --http-bind 0.0.0.0 --osc-bind 0.0.0.0 --duration 600
check "OSC for others is told of" soon tells _osc._udp "$port"
check "and the server with it" soon tells _oscjson._tcp "$(http_port)"
kill "$app_pid"
wait "$app_pid"
check "both end" soon tells_nothing _osc._udp
start_live --osc-bind 0.0.0.0 --duration 600
check "OSC for others is told of without a server, too" soon tells _osc._udp "$port"
check "and no server" tells_nothing _oscjson._tcp
finish
