#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# emulate_avx512.sh BUILD FOLDER [CPU]: runs the programs of BUILD/tests/cross on a processor with AVX-512 that Bochs
# emulates, under a Linux kernel of Debian's, and compares the tokens and samples of its kernels with those that the
# portable one gives here. By hand, on x86-64 without AVX-512: ten minutes, 30 MB of Debian packages unpacked into FOLDER, no root.
# CPU: a model of Bochs (corei7_skylake_x).
set -euo pipefail

usage() {
    sed -n 's/^# \{0,1\}//p' "$0" | sed -n 2,6p
    exit 2
}
[[ $# -eq 2 || $# -eq 3 ]] || usage
export RESIDUUM_MODELS=${RESIDUUM_MODELS:-$(dirname "$0")/../codec/golden/tiny}
RESIDUUM_MODELS=$(readlink -f "$RESIDUUM_MODELS")
build=$(readlink -f "$1") source=$(cd "$(dirname "$0")/../.." && pwd) cpu=${3:-corei7_skylake_x}
mkdir -p "$2"
cd "$2"
folder=$PWD root=$PWD/root golden=$source/tests/codec/golden/encodec_tiny

fetch() {
    local kernel
    if [[ -f $folder/fetched ]]; then return; fi
    kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends/ { print $2; exit }')
    mkdir -p packages
    (cd packages && apt-get download -qq bochs bochs-term bochsbios vgabios isolinux syslinux-common genisoimage \
        busybox-static "$kernel")
    for package in packages/*.deb; do dpkg -x "$package" "$root"; done
    touch "$folder/fetched"
}

# What the emulated machine holds: the programs, their libraries, and what every kernel must give.
fill() {
    rm -rf ram
    mkdir -p ram/bin ram/expected ram/golden
    cp "$root/bin/busybox" "$build/tests/cross/codec_trace" "$build/tests/cross/kernel_check" ram/bin/
    for program in codec_trace kernel_check; do ldd "ram/bin/$program" | grep -o '/[^ ]*'; done | sort -u |
        while read -r library; do
            mkdir -p "ram$(dirname "$library")"
            cp -L "$library" "ram$library"
        done
    cp "$golden/config.json" "$golden/model.safetensors" ram/golden/
    mkdir -p ram/models/lyra_v2
    cp "$RESIDUUM_MODELS"/lyra_v2/*.tflite ram/models/lyra_v2/
    for model in lyra-v2 "$golden" live-64 live-128 live-256; do
        (cd ram/expected && RESIDUUM_KERNEL=portable "$build/tests/cross/codec_trace" "$model" "$(basename "$model")")
    done
    cat >ram/init <<'TEXT'
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
exec >/dev/ttyS0 2>&1
/bin/busybox --install -s /bin
export PATH=/bin RESIDUUM_MODELS=/models
cd /tmp
echo "== $(codec_trace --kernels | tr '\n' ' ')"
for kernel in $(codec_trace --kernels | grep avx512); do
    for model in lyra-v2 encodec_tiny live-64 live-128 live-256; do
        path=$model
        if [ $model = encodec_tiny ]; then path=/golden; fi
        RESIDUUM_KERNEL=$kernel codec_trace $path $model
        same=same
        for part in tokens samples; do cmp $model.$part /expected/$model.$part || same=DIFFERENT; done
        echo "== $kernel $model $same"
    done
done
kernel_check | sed 's/^/== /'
echo "== end"
poweroff -f
TEXT
    chmod +x ram/init
    (cd ram && find . | "$root/bin/busybox" cpio -o -H newc 2>/dev/null) | gzip -1 >initrd.gz
}

image() {
    rm -rf iso
    mkdir iso
    cp initrd.gz "$root/usr/lib/ISOLINUX/isolinux.bin" "$root/usr/lib/syslinux/modules/bios/ldlinux.c32" iso/
    cp "$root"/boot/vmlinuz-* iso/vmlinuz
    # Bochs and Linux disagree on the size of the compact state of these registers: the standard one is used.
    printf 'DEFAULT l\nLABEL l\n KERNEL vmlinuz\n APPEND initrd=initrd.gz console=ttyS0,115200 nosmp nokaslr nopti %s\n' \
        'mitigations=off lsm=capability clearcpuid=xsavec,xsaves panic=1' >iso/isolinux.cfg
    "$root/usr/bin/genisoimage" -quiet -o boot.iso -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 \
        -boot-info-table iso
    cat >bochsrc <<TEXT
cpu: model=$cpu, ips=100000000
memory: guest=512, host=512
romimage: file=$root/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=$root/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=$folder/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$folder/serial.txt
display_library: rfb, options="timeout=0"
clock: sync=none
log: $folder/bochs.log
panic: action=fatal
TEXT
    echo continue >commands
}

emulate() {
    rm -f serial.txt
    LTDL_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu/bochs/plugins BXSHARE=$root/usr/share/bochs \
        timeout 3000 "$root/usr/bin/bochs-bin" -q -f bochsrc -rc commands >run.log 2>&1 </dev/null &
    local emulator=$!
    while kill -0 "$emulator" 2>/dev/null && ! grep -q '^== end' serial.txt 2>/dev/null; do sleep 2; done
    kill "$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
}

fetch
fill
image
emulate
grep '^==' serial.txt
grep -q '^== avx512 lyra-v2 same' serial.txt && grep -q '^== end' serial.txt && ! grep -q DIFFERENT serial.txt
