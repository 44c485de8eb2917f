#!/bin/sh
# emulate_avx512.sh INIT PROGRAM... - runs programs on an emulated processor with AVX-512.
#
# Bochs emulates a Skylake-X machine that boots a kernel of this system (or the one that RUNGS_KERNEL names) with
# nothing but INIT, the programs and their libraries in its memory; their output comes through the serial port. The
# real processor may be any, and no privilege is needed. RUNGS_CHECK_EVERY=1 makes the checks take every shape. Exit 0: all programs ended with 0; 77: something to emulate with is missing.
set -eu

skip() {
    echo "SKIP  $*"
    exit 77
}

packages="bochs bochs-term isolinux xorriso cpio linux-image-cloud-amd64"
for tool in bochs xorriso cpio; do
    command -v $tool >/dev/null || skip "there is no $tool to emulate AVX-512 with; on Debian: apt install $packages"
done
isolinux=/usr/lib/ISOLINUX/isolinux.bin loader=/usr/lib/syslinux/modules/bios/ldlinux.c32
bios=/usr/share/bochs/BIOS-bochs-latest vgabios=/usr/share/vgabios/vgabios.bin
for file in $isolinux $loader $bios $vgabios; do
    [ -r "$file" ] || skip "there is no $file to emulate AVX-512 with; on Debian: apt install $packages"
done
kernel=${RUNGS_KERNEL-}
for file in /boot/vmlinuz-*; do
    if [ -z "$kernel" ] && [ -r "$file" ]; then kernel=$file; fi
done
[ -n "$kernel" ] ||
    skip "there is no readable kernel in /boot to boot; apt install linux-image-cloud-amd64, or set RUNGS_KERNEL"
[ -r "$kernel" ] || skip "the kernel $kernel (from RUNGS_KERNEL) cannot be read"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# ---- a CD with the kernel, the programs and a boot loader ----

init=$1
shift
mkdir -p "$work/root/dev" "$work/cd/isolinux"
cp "$init" "$work/root/init"
ldd "$init" "$@" | sed -n 's|.*[[:space:]]\(/[^ ]*\) (0x.*|\1|p' | sort -u | while read -r library; do
    mkdir -p "$work/root$(dirname "$library")"
    cp -L "$library" "$work/root$library"
done
names=
for program; do
    cp "$program" "$work/root/"
    names="$names /$(basename "$program")"
done
(cd "$work/root" && find . | cpio -o -H newc) >"$work/cd/initrd" 2>"$work/log"
cp "$kernel" "$work/cd/vmlinuz"
cp $isolinux $loader "$work/cd/isolinux/"
# Bochs 2.7 reports one size for two layouts of XSAVE, so the kernel must not use the compact one. The rest only
# saves time: the kernel's tests of its own ciphers and its tracing tables would take half of the boot.
cat >"$work/cd/isolinux/isolinux.cfg" <<END
DEFAULT rungs
LABEL rungs
  KERNEL /vmlinuz
  APPEND initrd=/initrd console=ttyS0 loglevel=1 panic=-1 tsc=reliable mitigations=off clearcpuid=xsavec,xsaves cryptomgr.notests initcall_blacklist=trace_eval_init,crypto_algapi_init RUNGS_CHECK_EVERY=${RUNGS_CHECK_EVERY-3} --$names
END
xorriso -as mkisofs -quiet -o "$work/cd.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot \
    -boot-load-size 4 -boot-info-table "$work/cd" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

# ---- the machine ----

cat >"$work/bochsrc" <<END
cpu: model=corei7_skylake_x, count=1, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1
megs: 256
romimage: file=$bios
vgaromimage: file=$vgabios
ata0-master: type=cdrom, path=$work/cd.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$work/serial
clock: sync=none, time0=1
display_library: term
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
speaker: enabled=0
log: $work/bochs.log
panic: action=fatal
END
echo continue >"$work/commands" # Debian's Bochs has a debugger, which waits for this
: >"$work/serial"
TERM=vt100 timeout 1000 bochs -q -f "$work/bochsrc" -rc "$work/commands" </dev/null >/dev/null 2>"$work/log" || true
tr -d '\r' <"$work/serial"

ended=$(grep -c '^EXIT 0 ' "$work/serial") || true
if [ "$ended" != $# ]; then
    echo "FAIL  $ended of $# programs ended with 0 in the emulator, which says:"
    grep -h PANIC "$work/log" "$work/bochs.log" || tail -n 5 "$work/log"
    exit 1
fi
echo "PASS  $# programs on an emulated processor with AVX-512"
