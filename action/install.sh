#!/usr/bin/env bash
# Gets the program: the release that belongs to this commit of the action, held against the digests in releases.sha256, else
# built from the source beside this script. A workflow that names the action by its commit so names every byte that it runs.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=common.sh
. "$here/common.sh"

# Kept from the programs that are started here: a build runs code of others.
token=${INPUT_TOKEN:-}
unset INPUT_TOKEN

readonly REPOSITORY=gardefou/gardefou
# The workflow that makes releases, and no other of that repository.
readonly RELEASES=$REPOSITORY/.github/workflows/release.yml
readonly SOURCE=${GITHUB_ACTION_PATH:-$here/..}
exe=''
[ "${RUNNER_OS:-}" != Windows ] || exe=.exe

# The platform as Rust names it; nothing where there are no releases.
target() {
    case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
        # Static: they run with every C library, and with none.
        Linux-X64) printf 'x86_64-unknown-linux-gnu' ;;
        Linux-ARM64) printf 'aarch64-unknown-linux-gnu' ;;
        macOS-X64) printf 'x86_64-apple-darwin' ;;
        macOS-ARM64) printf 'aarch64-apple-darwin' ;;
        Windows-X64) printf 'x86_64-pc-windows-msvc' ;;
    esac
}

sum_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1" | cut -d ' ' -f 1
    else
        shasum -a 256 <"$1" | cut -d ' ' -f 1
    fi
}

# recorded VERSION TARGET: "digest  archive" of releases.sha256; any version when none is given.
recorded() {
    local sum name
    [ -n "$2" ] || return 0
    while read -r sum name; do
        case "$name" in
            "gardefou-v${1:-}-$2.tar.gz") ;;
            gardefou-v*"-$2.tar.gz") [ -z "$1" ] || continue ;;
            *) continue ;;
        esac
        printf '%s %s' "$sum" "$name"
        return 0
    done <"$here/releases.sha256"
}

# download ARCHIVE FILE
download() {
    local version=${1#gardefou-v}
    version=${version%-"$platform".tar.gz}
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --max-time 300 \
        --max-filesize 200000000 --output "$2" "https://github.com/$REPOSITORY/releases/download/v$version/$1"
}

# unpack ARCHIVE FILE: the program out of a file that was looked at.
unpack() {
    local folder
    folder=$(scratch)
    # From its input: to some a name such as D:/a/b is a file on another machine.
    tar -xzf - -C "$folder" <"$2"
    program="$folder/${1%.tar.gz}/gardefou$exe"
    [ -f "$program" ] || fail "$(pick "$1 holds no gardefou$exe" "$1 ne contient pas gardefou$exe")"
}

# From the cache of tools or the release page; the digest is taken of what is used, wherever it comes from.
install_recorded() {
    local sum=$1 archive=$2 file kept found
    kept="${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/gardefou/$archive"
    file="$(scratch)/$archive"
    if [ -f "$kept" ] && cp "$kept" "$file" && [ "$(sum_of "$file")" = "$sum" ]; then
        unpack "$archive" "$file"
        return
    fi
    download "$archive" "$file" \
        || fail "$(pick "could not download $archive" "impossible de télécharger $archive")"
    found=$(sum_of "$file")
    [ "$found" = "$sum" ] || fail "$(pick \
        "$archive is not the archive that was released: its SHA-256 is $found, and should be $sum; nothing of it was run" \
        "$archive n’est pas l’archive publiée : son SHA-256 est $found au lieu de $sum ; rien n’en a été exécuté")"
    unpack "$archive" "$file"
    # Only to be faster the next time.
    mkdir -p "$(dirname "$kept")" && cp "$file" "$kept.$$" && mv -f "$kept.$$" "$kept" || true
}

# A release that this commit does not know: its attestation proves that the workflow of releases built it from the tag of this
# version on a machine of the service, or it is not run.
install_attested() {
    local archive="gardefou-v$version-$platform.tar.gz" file
    [ -n "$platform" ] || fail "$(pick "there are no releases for this platform; use version: source" \
        "aucune version n’est publiée pour cette plateforme ; utilisez version: source")"
    { [ -n "$token" ] && command -v gh >/dev/null; } || fail "$(pick \
        "version $version is not recorded in this commit of the action: to verify its attestation, gh and a token are needed; or pin the action to the commit of that release" \
        "la version $version n’est pas consignée dans ce commit de l’action : pour vérifier son attestation, il faut gh et un jeton ; ou bien épinglez l’action au commit de cette version")"
    # The token of another server is not for that one.
    [ "${GITHUB_SERVER_URL:-https://github.com}" = https://github.com ] || fail "$(pick \
        "version $version is not recorded in this commit of the action, and from this server its attestation cannot be verified; pin the action to the commit of that release" \
        "la version $version n’est pas consignée dans ce commit de l’action, et depuis ce serveur son attestation ne peut pas être vérifiée ; épinglez l’action au commit de cette version")"
    file="$(scratch)/$archive"
    download "$archive" "$file" \
        || fail "$(pick "could not download $archive" "impossible de télécharger $archive")"
    GH_HOST=github.com GH_TOKEN=$token gh attestation verify "$file" --repo "$REPOSITORY" --signer-workflow "$RELEASES" \
        --source-ref "refs/tags/v$version" --deny-self-hosted-runners || fail "$(pick \
        "$archive has no valid attestation of $RELEASES at the tag v$version; nothing of it was run" \
        "$archive n’a pas d’attestation valable de $RELEASES à l’étiquette v$version ; rien n’en a été exécuté")"
    unpack "$archive" "$file"
}

build() {
    local root
    command -v cargo >/dev/null || fail "$(pick \
        "no release is recorded in this commit of the action for this platform, and without cargo it cannot be built from source" \
        "aucune version n’est consignée dans ce commit de l’action pour cette plateforme, et sans cargo elle ne peut pas être compilée")"
    notice "$(pick "building Gardefou from the source of this commit: this takes minutes" \
        "compilation de Gardefou depuis les sources de ce commit : cela prend plusieurs minutes")"
    root=$(scratch)
    # From the folder of the action and into one of its own: settings of cargo and rustup in the scanned code have no say, nor
    # does what lies in a target folder there. The next use in the same job finds it built.
    (cd "$SOURCE" && CARGO_TARGET_DIR="$(native "$RUNNER_TEMP")/gardefou-build" \
        cargo install --locked --path . --root "$root" --bin gardefou) \
        || fail "$(pick "Gardefou could not be built" "Gardefou n’a pas pu être compilé")"
    program="$root/bin/gardefou$exe"
}

version=${INPUT_VERSION:-}
case "$version" in
    '' | source) ;;
    *)
        version=${version#v}
        [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "$(pick \
            "input version: \"$INPUT_VERSION\" is neither a version such as 0.1.0 nor source" \
            "entrée version : « $INPUT_VERSION » n’est ni une version comme 0.1.0, ni source")"
        ;;
esac

platform=$(target)
program=''
if [ "$version" = source ]; then
    build
else
    known=$(recorded "$version" "$platform")
    if [ -n "$known" ]; then
        install_recorded "${known%% *}" "${known#* }"
    elif [ -n "$version" ]; then
        install_attested
    else
        build
    fi
fi
"$program" --version
put program "$program"
