#!/bin/sh
# SPDX-License-Identifier: MIT
# Help, version, the manual page, and what wrong usage gives.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

exits 0 "--help of the program ends with 0" "$residuum" --help
commands=$(sed -n 's/^  \([a-z]*\)  .*/\1/p' out)
is "the program's help names every command" "$(echo "$commands" | wc -w)" ">=" 11
exits 0 "--version ends with 0" "$residuum" --version
speaks '^residuum [0-9]*\.[0-9]*\.[0-9]*$' "--version shows name and number"
cp out version

"$residuum" man >page
for command in $commands; do
    exits 0 "$command --help ends with 0" "$residuum" "$command" --help
    speaks "^Usage: residuum $command " "$command --help shows how it is called"
    for option in $(sed -n 's/^ *\(-., \)\?--\([a-z-]*\).*/\2/p' out); do
        # The page is roff: its hyphens are escaped.
        escaped=$(echo "$option" | sed 's/-/\\\\-/g')
        grep -q -- "\\\\-\\\\-$escaped" page || fails "the manual page has --$option of $command"
    done
    exits 0 "$command --version ends with 0" "$residuum" "$command" --version
    cmp -s out version || fails "$command --version is that of the program"
    exits 2 "$command refuses an option that is not there" "$residuum" "$command" --no-such-option
    says "residuum $command: .*--no-such-option" "$command names the option that is not there"
    says "residuum $command --help" "$command points to its help"
done

exits 2 "no command at all is wrong usage" "$residuum"
exits 2 "a command that is not there is wrong usage" "$residuum" no-such-command
says "no-such-command" "a command that is not there is named"
exits 2 "an operand too few is wrong usage" "$residuum" process in.wav
exits 2 "an operand too many is wrong usage" "$residuum" process in.wav out.wav more.wav
says "more.wav" "the operand too many is named"
exits 2 "an option without its value is wrong usage" "$residuum" process in.wav out.wav --levels
says "levels" "the option without its value is named"
exits 2 "a switch with a value is wrong usage" "$residuum" process --raw=1 in.wav out.wav
exits 0 "an option may be cut short where it is clear" "$residuum" codecs --ra 44100
exits 2 "an option that is not there is wrong usage" "$residuum" compare in.wav --plot x.svg
says "^residuum compare: there is no option '--plot'\$" "and that is all that is said of it"
exits 2 "an option cut too short is wrong usage" "$residuum" live --o 1
says "'--o' is short for several options (--output-device, --osc-port, .*); write out" "with those that it may stand for"
exits 2 "also with its value behind =" "$residuum" live --osc=1
says "'--osc=1' is short for several options (--osc-port, --osc-bind, --osc-files)" "with those alone"
exits 2 "a number that is none is wrong usage" "$residuum" codecs --rate many
says "'many'" "the number that is none is quoted"
exits 2 "a number out of range is wrong usage" "$residuum" codecs --rate 1
says "8000..384000" "the range is shown"

if command -v man >/dev/null; then
    check "the manual page has no faults of roff" sh -c 'man --warnings -l page 2>&1 >page.txt | grep . && exit 1; test -s page.txt'
fi
if [ -e /dev/full ]; then
    "$residuum" params 2>err >/dev/full
    is "a full disk behind standard output is a failure" $? "==" 1
fi
finish
