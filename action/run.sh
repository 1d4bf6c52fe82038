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
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || arguments+=("$line")
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

put exit-code "$status"
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
