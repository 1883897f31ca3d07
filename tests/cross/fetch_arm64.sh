#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fetch_arm64.sh FOLDER: unpacks the arm64 libraries that libresiduum links into FOLDER/root, as packages of the system's
# own sources. The system itself learns of no other architecture, and none of its files change; no root needed.
set -euo pipefail

folder=$1
packages=(libkissfft-dev libkissfft-float131 libsamplerate0-dev libsamplerate0 libjansson-dev libjansson4)
if [[ -f $folder/fetched ]]; then exit 0; fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
    echo "no apt-get here: no arm64 libraries" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/packages" "$folder"
: >"$work/status"
apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$work/state"
    -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache")
if [[ $(id -u) -eq 0 ]]; then apt+=(-o APT::Sandbox::User=root); fi
"${apt[@]}" update
(cd "$work/packages" && "${apt[@]}" download "${packages[@]}")
for package in "$work"/packages/*.deb; do dpkg -x "$package" "$folder/root"; done
touch "$folder/fetched"
