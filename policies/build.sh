#!/bin/sh
# Builds every policy into wasm-policies/ and writes its manifest. Needs a compiler with the wasm32-unknown-unknown
# target (`rustup target add wasm32-unknown-unknown`), or Debian's rustc-web and rust-web-src; GARDEFOU_GUEST_RUSTC
# names another one.
set -eu
cd "$(dirname "$0")"
exec cargo run --quiet --locked --package gardefou-policy-tool -- build
