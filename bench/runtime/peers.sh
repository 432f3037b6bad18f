# Sourced by ../runtime.sh: builds the program of each peer whose toolchain is here, into $out, and adds it to
# `programs`; the others are named in `not_here`.
# shellcheck shell=bash

registry=/usr/share/cargo/registry # where Debian's librust-*-dev packages put crates

absent() { not_here+=("$1 ($2)"); }

# rustc alone.
if command -v rustc >/dev/null; then
    version=$(rustc --version | cut -d' ' -f1,2)
    for name in std std_facts; do
        PEER_VERSION="std of $version" rustc --edition 2021 -O "$here/rust/src/bin/$name.rs" -o "$out/$name"
    done
    programs+=("std=Rust std=$out/std")
else
    absent "Rust std" "no rustc"
fi

# cargo, with Debian's crates and no network. It writes its lock file beside the manifest, so that is a copy.
if ! command -v cargo >/dev/null; then
    absent "crossbeam, parking_lot" "no cargo"
elif ! compgen -G "$registry/crossbeam-channel-[0-9]*" >/dev/null || ! compgen -G "$registry/parking_lot-[0-9]*" >/dev/null; then
    absent "crossbeam, parking_lot" "no librust-crossbeam-channel-dev, or no librust-parking-lot-dev"
else
    crate() { basename "$(compgen -G "$registry/$1-[0-9]*" | tail -1)"; }
    mkdir -p "$out/rust"
    cp -ru "$here/rust/." "$out/rust/"
    (cd "$out/rust" && PEER_VERSION="$(crate crossbeam-channel), $(crate parking_lot), $(rustc --version | cut -d' ' -f1,2)" \
        cargo build --quiet --release --offline --bin crossbeam \
        --config 'source.crates-io.replace-with="debian"' --config "source.debian.directory=\"$registry\"")
    programs+=("crossbeam=crossbeam, parking_lot=$out/rust/target/release/crossbeam")
fi

if command -v go >/dev/null; then
    (cd "$here/go" && GO111MODULE=off GOFLAGS='' GOCACHE=$out/go-cache go build -o "$out/go" main.go)
    programs+=("go=Go=$out/go")
else
    absent Go "no golang-go"
fi

"$CC" "${flags[@]}" "$here/pthread.c" -o "$out/pthread"
programs+=("pthread=C pthread=$out/pthread")

if pkg-config --exists glib-2.0 2>/dev/null; then
    # shellcheck disable=SC2046
    "$CC" "${flags[@]}" $(pkg-config --cflags glib-2.0) "$here/glib.c" $(pkg-config --libs glib-2.0) -o "$out/glib"
    programs+=("glib=GLib=$out/glib")
else
    absent GLib "no libglib2.0-dev"
fi
