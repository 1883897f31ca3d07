#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_packages.sh BUILD: cpack makes the Debian packages and the .tar.gz, with each thing where it belongs.
set -euo pipefail

build=$1
for tool in cpack dpkg-deb dpkg-shlibdeps file; do
    command -v "$tool" >/dev/null || { echo "no $tool on this machine: skipped"; exit 77; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

(cd "$build" && cpack -G 'DEB;TGZ' -B "$folder") >"$folder/log" 2>&1 || { cat "$folder/log"; fail "cpack"; }

# has PACKAGE PATH: the package has a file whose path ends so.
has() {
    local package
    package=$(find "$folder" -maxdepth 1 -name "$1_*.deb")
    [ -n "$package" ] || fail "no package $1"
    dpkg-deb --contents "$package" >"$folder/contents"
    grep -q " \./usr/$2" "$folder/contents" || { cat "$folder/contents"; fail "$1 has no $2"; }
}

has libresiduum0 'lib/.*libresiduum\.so\.0'
has libresiduum0 share/doc/libresiduum0/residuum.cdx.json
[ ! -x "$build/src/app/residuum" ] || has residuum share/doc/residuum/residuum.cdx.json
has libresiduum-dev include/residuum/rsd_engine.h
has libresiduum-dev 'lib/.*libresiduum\.a'
dpkg-deb --field "$(find "$folder" -maxdepth 1 -name 'libresiduum0_*.deb')" Depends | grep -q libjansson4 || fail "libresiduum0 does not depend on jansson"
[ ! -x "$build/src/app/residuum" ] || has residuum bin/residuum
[ ! -x "$build/src/app/residuum" ] || has residuum share/man/man1/residuum.1
[ ! -f "$build/plugin/clap/residuum.clap" ] || has residuum-plugins lib/clap/residuum.clap
[ ! -d "$build/plugin/lv2/bundle" ] || has residuum-plugins lib/lv2/residuum.lv2/manifest.ttl
[ ! -d "$build/plugin/lv2/bundle" ] || has residuum-plugins lib/lv2/residuum.lv2/residuum.so
[ ! -f "$build/plugin/pd/residuum~.pd_linux" ] || has residuum-plugins 'lib/pd/extra/residuum~/residuum~-help.pd'

archive=$(find "$folder" -maxdepth 1 -name '*.tar.gz')
tar -tzf "$archive" >"$folder/contents"
for path in include/residuum/rsd_engine.h libresiduum.so residuum.cdx.json; do
    grep -q "$path" "$folder/contents" || fail "the archive has no $path"
done
ls -l "$folder"/*.deb "$archive"
