#!/usr/bin/env bash
# Makes the exit status of the scan the result of the job, in words.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

status=${EXIT_CODE:?}
case "$status" in
    0)
        pick 'Nothing that makes the job fail.' 'Rien qui fasse échouer la tâche.'
        printf '\n'
        ;;
    1) error "$(pick "findings that make the job fail: ${FAILING:-}" "constats qui font échouer la tâche : ${FAILING:-}")" ;;
    2) error "$(pick \
        'the scan could not be done, or not in full: wrong usage or configuration, unreadable input, or a policy that failed. The log says which' \
        "l’analyse n’a pas pu être menée, ou pas entièrement : usage ou configuration erronés, entrée illisible, ou règle en échec. Le journal dit lequel")" ;;
    3) error "$(pick 'nothing to scan in these paths' 'rien à analyser dans ces chemins')" ;;
    *) error "$(pick "the scan was ended from outside (exit status $status)" "l’analyse a été interrompue (code de sortie $status)")" ;;
esac
exit "$status"
