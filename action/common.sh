# shellcheck shell=bash
# What the scripts of the action share. They run in the bash of every runner, version 3.2 of macOS included, and need no other
# program than those of a plain system.

# Git's bash on Windows would rewrite arguments that look like paths.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

# pick ENGLISH FRENCH: the sentence in the language of the report.
pick() {
    case "${INPUT_LANG:-${GARDEFOU_LANG:-en}}" in
        fr) printf '%s' "$2" ;;
        *) printf '%s' "$1" ;;
    esac
}

# Text as the message of a workflow command: it stays one line, whatever it says.
escaped() {
    local text=$1
    text=${text//%/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '%s' "$text"
}

notice() { printf '::notice title=Gardefou::%s\n' "$(escaped "$1")"; }
warning() { printf '::warning title=Gardefou::%s\n' "$(escaped "$1")"; }
error() { printf '::error title=Gardefou::%s\n' "$(escaped "$1")"; }

fail() {
    error "$1"
    exit 2
}

# A word that nobody who wrote the scanned code can know.
random() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# put NAME VALUE: an output of the step. The value may be anything.
put() {
    local mark
    mark="end-$(random)"
    printf '%s<<%s\n%s\n%s\n' "$1" "$mark" "$2" "$mark" >>"${GITHUB_OUTPUT:?}"
}

# one_of NAME VALUE WORDS..: refuses a value of an input that is none of the words.
one_of() {
    local name=$1 value=$2 word
    shift 2
    for word in "$@"; do
        [ "$value" != "$word" ] || return 0
    done
    fail "$(pick "input $name: \"$value\" is none of: $*" "entrée $name : « $value » n’est pas l’un de : $*")"
}

# A path that both bash and the programs of the system understand.
native() {
    if [ "${RUNNER_OS:-}" = Windows ]; then
        printf '%s' "${1//\\//}"
    else
        printf '%s' "$1"
    fi
}

# A new folder of this step alone: an action may be used several times in a job.
scratch() {
    native "$(mktemp -d "${RUNNER_TEMP:?}/gardefou.XXXXXX")"
}
