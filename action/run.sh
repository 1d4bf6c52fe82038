#!/usr/bin/env bash
# One scan with several reports: for people in the log, annotations, the summary of the job, SARIF and JSON. It always ends well,
# unless an input is wrong: the exit status of the scan is an output, and the last step makes it the result of the job.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# GitHub refuses a summary above 1 MiB whole.
readonly SUMMARY_LIMIT=1000000

one_of annotations "${INPUT_ANNOTATIONS:-true}" true false
one_of summary "${INPUT_SUMMARY:-true}" true false
one_of sarif "${INPUT_SARIF:-auto}" true false auto
[ -z "${INPUT_LANG:-}" ] || one_of lang "$INPUT_LANG" en fr

work=$(scratch)
arguments=(scan --format=human --color=always --output "json=$work/gardefou.json")

# option NAME VALUE: joined by `=`, so that a value is never taken for an option.
option() {
    [ -z "$2" ] || arguments+=("$1=$2")
}

option --config "${INPUT_CONFIG:-}"
option --fail-on "${INPUT_FAIL_ON:-}"
option --undetermined "${INPUT_UNDETERMINED:-}"
option --baseline "${INPUT_BASELINE:-}"
option --changed-since "${INPUT_CHANGED_SINCE:-}"
option --lang "${INPUT_LANG:-}"
option --category "${INPUT_CATEGORY:-}"
[ "${INPUT_ANNOTATIONS:-true}" = false ] || arguments+=(--output "github=$work/annotations")
[ "${INPUT_SUMMARY:-true}" = false ] || arguments+=(--output "markdown=$work/summary.md")
[ "${INPUT_SARIF:-auto}" = false ] || arguments+=(--output "sarif=$work/gardefou.sarif")

# Lists: one entry a line; what is between the ends of a line is taken as it is.
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || arguments+=("--policy=$line")
done <<<"${INPUT_POLICIES:-}"
by_framework=${GARDEFOU_FRAMEWORK:-}
category=${INPUT_CATEGORY:-${GARDEFOU_CATEGORY:-}}
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || arguments+=("$line")
    case "$line" in
        --framework | --framework=*) by_framework=$line ;;
        --category | --category=*) category=$line ;;
    esac
done <<<"${INPUT_ARGS:-}"
arguments+=(--)
named=0
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -n "$line" ] || continue
    arguments+=("$line")
    named=1
done <<<"${INPUT_PATHS:-}"
[ "$named" = 1 ] || arguments+=(.)

# Of a merge commit the first parent is the branch that is merged into. Where the head of the pull request is checked out instead,
# it is but the commit before the last, and all earlier ones of the pull request would go unseen.
case "${GITHUB_EVENT_NAME:-} ${INPUT_CHANGED_SINCE:-}" in
    'pull_request HEAD^1' | 'pull_request HEAD^' | 'pull_request HEAD~1' | 'pull_request HEAD~')
        if command -v git >/dev/null && git rev-parse --verify --quiet 'HEAD^1^{commit}' >/dev/null \
            && ! git rev-parse --verify --quiet 'HEAD^2^{commit}' >/dev/null; then
            warning "$(pick \
                "changed-since: what is checked out is no merge commit, so $INPUT_CHANGED_SINCE is only the commit before the last, and findings of earlier commits of this pull request are left out; check out what the event is about, without ref:" \
                "changed-since : ce qui est extrait n’est pas un commit de fusion ; $INPUT_CHANGED_SINCE n’est donc que l’avant-dernier commit, et les constats des commits précédents de cette demande sont écartés ; extrayez ce dont parle l’événement, sans ref:")"
        fi
        ;;
esac

# The report quotes the code that is scanned: while it is printed, no line of it is a command to the runner.
resume=$(random)
status=0
printf '::stop-commands::%s\n' "$resume"
"${PROGRAM:?}" "${arguments[@]}" </dev/null 2>&1 || status=$?
printf '\n::%s::\n' "$resume"

if [ -s "$work/annotations" ]; then
    cat "$work/annotations"
fi

if [ "${INPUT_SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    if [ ! -s "$work/summary.md" ]; then
        pick "Gardefou made no report (exit status $status): the log says why." \
            "Gardefou n’a produit aucun rapport (code de sortie $status) : le journal dit pourquoi." >>"$GITHUB_STEP_SUMMARY"
    elif [ "$(wc -c <"$work/summary.md")" -gt "$SUMMARY_LIMIT" ]; then
        pick "The report is too long for a summary: it is in the log, in the SARIF file and in the JSON file." \
            "Le rapport est trop long pour un résumé : il est dans le journal, le fichier SARIF et le fichier JSON." >>"$GITHUB_STEP_SUMMARY"
    else
        cat "$work/summary.md" >>"$GITHUB_STEP_SUMMARY"
    fi
    printf '\n' >>"$GITHUB_STEP_SUMMARY"
fi

# The summary is the last part of the JSON report, with one number a line. Text of the input cannot look like it: there, line
# breaks are escaped.
counts=''
if [ -s "$work/gardefou.json" ]; then
    counts=$(sed -n '/^  "summary": {/,$ s/^ *"\([a-z_]*\)": \([0-9][0-9]*\),\{0,1\}$/\1 \2/p' "$work/gardefou.json")
fi
findings='' highest='' undetermined='' failing=''
if [ -n "$counts" ]; then
    findings=0
    rank=0
    while read -r name count; do
        case "$name" in
            critical | high | medium | low | info)
                findings=$((findings + count))
                case "$name" in critical) r=5 ;; high) r=4 ;; medium) r=3 ;; low) r=2 ;; *) r=1 ;; esac
                if [ "$count" -gt 0 ] && [ "$r" -gt "$rank" ]; then
                    rank=$r
                    highest=$name
                fi
                ;;
            undetermined)
                findings=$((findings + count))
                undetermined=$count
                ;;
            failing) failing=$count ;;
        esac
    done <<<"$counts"
fi
if [ "$status" -le 1 ] && { [ -z "$undetermined" ] || [ -z "$failing" ]; }; then
    # The scan went well, but its report is not what this script knows.
    fail "$(pick "the summary of the JSON report could not be read" "le résumé du rapport JSON n’a pas pu être lu")"
fi

# After half a scan, none found does not mean that there is none.
if [ "$status" -gt 1 ]; then
    [ "$findings" != 0 ] || findings=''
    [ "$undetermined" != 0 ] || undetermined=''
    [ "$failing" != 0 ] || failing=''
fi

# Which part of the findings the report holds, by its own account: everything, or not. A framework that the configuration names is
# the same in every run; one that is asked for in this run leaves out what another run reports under the same name.
part=''
if [ -s "$work/gardefou.json" ]; then
    if grep -q '^  "scope": {' "$work/gardefou.json"; then
        part=scope
    elif [ -n "$by_framework" ] && [ -z "$category" ] && grep -q '^    "frameworks": \[$' "$work/gardefou.json"; then
        part=framework
    fi
fi

put exit-code "$status"
put part "$part"
put findings "$findings"
put highest-severity "$highest"
put undetermined "$undetermined"
put failing "$failing"
sarif=''
[ ! -s "$work/gardefou.sarif" ] || sarif="$work/gardefou.sarif"
json=''
[ ! -s "$work/gardefou.json" ] || json="$work/gardefou.json"
put sarif-file "$sarif"
put json-file "$json"
