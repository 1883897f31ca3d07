#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum live on a terminal: what the screen shows and what keys do. Needs tmux.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"
. "$(dirname "$0")/screen.sh"
live_on_screen 100 30

shows "residuum .*live-128.*48000 Hz" "the screen shows codec and rate"
shows "built-in demo" "the screen says that the demo plays"
shows "latency 256 samples, 5.33 ms" "the screen shows the exact latency"
shows "load mean .*worst.*xruns" "the screen shows load and xruns"
shows "^ *14 .*dB" "there is a row for level 14"
press -
shows "levels 13.0 of 14" "- takes one level off"
press Left
shows "levels 12.9 of 14" "left takes a tenth off"
press Right
press +
shows "levels 14.0 of 14" "right and + put it back"
press Down Down m
shows "> 3  M" "down and m mute level 3"
press m s
shows "> 3 S " "s solos it"
press s r
shows "monitor residual" "r is the residual"
press d
shows "monitor dry" "d is dry"
press t
shows "monitor delta" "t is the delta"
press w b
shows "monitor wet  bypass on" "w is wet and b bypasses"
press b p
shows "preset backwards" "p loads the first preset"
press P
shows "preset wrong-words" "P goes back, to the last one"
press p p p p p
shows "preset broadcast" "p goes on, from the first one again"
shows "not recording   changed: .*bitrate_kbps" "what else is not at its default stands below"
shows "levels 7.0 of 14  [45][0-9][.0-9]* kbps" "the levels shown are those that its bitrate leaves"
press -
shows "levels 6.0 of 14" "- takes one off from there"
press '?'
shows "mute the level" "? shows the keys"
press '?' h
shows "callbacks by share of their deadline" "h shows how long callbacks take"
shows "0 to 10 % *[1-9][0-9]* " "most of them a tenth of their deadline or less"
shows "worst of the last second [0-9.]* ms, [0-9.]* % of its deadline" "and what the worst was"
press h R
shows "recording residuum-.*wav" "R starts a recording"
has_recorded() { for recording in residuum-*.wav; do has_bytes "$recording" 150000; done; }
soon has_recorded
press R
shows "recorded residuum-.*wav" "R stops it"
press Tab
shows "control .* not at its default" "Tab shows all controls"
shows "^ [* ] Levels  *[0-9.]* levels  *0..14" "each with its value and range"
press Down Down Right
press Right
shows "^ \* Level mute of level" "what is turned there is marked"
press z Tab
shows "tokens of channel 1" "Tab once more shows the tokens"
shows "^   1 [^ ]" "a row a sequence"
press Tab
shows "spectrograms, -90" "and then spectrograms"
shows "^resid .*[^ ] *$" "of the residual, too"
press v
shows "level .*energy" "v goes back to the levels"
press k
shows "tokens of channel 1" "k shows the tokens"
press k v
shows "^wet .*[^ ] *$" "and v the spectrograms"
press v
shows "level .*energy" "and once more the levels"
press f
shows "live-128 imagines no levels" "f says that this codec has no predictor"
press q
shows "exit 0" "q ends with 0"
check "the recording is a sound file" sh -c "\"$sound\" info residuum-*.wav"
is "and has what was played" "$(cut -d' ' -f3 out)" ">" 20000
is "nothing was said on stderr" "$(wc -c <screen.err)" "==" 0
finish
