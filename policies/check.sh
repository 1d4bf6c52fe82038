#!/bin/sh
# Proves that the committed policies come from these sources, in three steps:
# 1. the hashes of sources and components are those of the manifest (no WebAssembly toolchain needed);
# 2. a rebuild gives the same bytes, when the toolchain is the recorded one;
# 3. with another toolchain, every case gives the same verdicts through the rebuilt components.
set -eu
cd "$(dirname "$0")"
tool() { cargo run --quiet --locked --package gardefou-policy-tool -- "$@"; }
tool sources
rebuilt="$PWD/target/rebuilt"
status=0
tool rebuild "$rebuilt" || status=$?
case $status in
0) ;;
3) cd .. && GARDEFOU_TEST_POLICIES="$rebuilt" cargo test --quiet --locked --test policies ;;
*) exit "$status" ;;
esac
