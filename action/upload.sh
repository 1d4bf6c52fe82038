#!/usr/bin/env bash
# Whether the SARIF file goes to code scanning. A token does not tell what it may do; so `auto` leaves out what cannot work and
# then asks the service for its analyses, which it refuses to tokens without the permission and to repositories without the feature.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Kept from the programs that are started here.
token=${INPUT_TOKEN:-}
unset INPUT_TOKEN

# answer UPLOAD REQUIRED
answer() {
    [ "$1" = false ] || put sarif-file "$(without_accepted)"
    put upload "$1"
    put required "$2"
    exit 0
}

# A copy without the accepted findings: code scanning does not look at suppressions and would open an alert for each. A result is
# a line of its own, and a quotation mark within a text has a backslash before it, so that no text can look like the key.
without_accepted() {
    local copy
    copy="$(scratch)/gardefou.sarif"
    awk '
        /^[{]"ruleId":/ {
            if (index($0, ",\"suppressions\":[{")) next
            sub(/,$/, "")
            if (held != "") print held ","
            held = $0
            next
        }
        held != "" { print held; held = "" }
        { print }
    ' "$SARIF_FILE" >"$copy"
    printf '%s' "$copy"
}

no() {
    notice "$(pick "not sent to code scanning: $1" "non transmis à l’analyse du code : $1")"
    answer false false
}

[ "${INPUT_SARIF:-auto}" != false ] || answer false false
# An alert that is missing in an upload is closed: half a scan would close those of the other half.
if [ -z "${SARIF_FILE:-}" ] || { [ "${EXIT_CODE:-}" != 0 ] && [ "${EXIT_CODE:-}" != 1 ]; }; then
    no "$(pick 'the scan is not complete' "l’analyse n’est pas complète")"
fi
[ "${INPUT_SARIF:-auto}" != true ] || answer true true

case "${GITHUB_EVENT_NAME:-}" in
    pull_request | pull_request_target)
        # The head is unknown when its repository was deleted.
        [ "${HEAD_REPOSITORY:-}" = "${GITHUB_REPOSITORY:-}" ] || no "$(pick \
            'from a fork the token may only read' 'depuis un fork, le jeton ne peut que lire')"
        ;;
    *)
        case "${PART:-}" in
            scope) no "$(pick \
                'only findings about changes are reported, and the alerts of all others would be closed' \
                'seuls les constats sur ce qui change sont rapportés, et les alertes de tous les autres seraient fermées')" ;;
            framework) no "$(pick \
                'only one framework is asked for, and the alerts about others would be closed; with a category of its own it is sent' \
                "un seul référentiel est demandé, et les alertes des autres seraient fermées ; avec une catégorie à lui, l’envoi a lieu")" ;;
        esac
        ;;
esac
[ "${GITHUB_ACTOR:-}" != 'dependabot[bot]' ] || no "$(pick \
    'for Dependabot the token may only read' 'pour Dependabot, le jeton ne peut que lire')"
[ -n "$token" ] || no "$(pick 'there is no token' "il n’y a pas de jeton")"

command -v curl >/dev/null || no "$(pick 'without curl the permission is not known' "sans curl, la permission n’est pas connue")"
# The token goes through a pipe: arguments can be read by other programs.
code=$(printf 'Authorization: Bearer %s\n' "$token" \
    | curl --proto '=https' --silent --max-time 15 --output /dev/null --write-out '%{http_code}' --header @- \
        --header 'Accept: application/vnd.github+json' \
        "${GITHUB_API_URL:-https://api.github.com}/repos/${GITHUB_REPOSITORY:?}/code-scanning/analyses?per_page=1") || code=000
case "$code" in
    # 404: there is no analysis yet.
    200 | 404) answer true false ;;
    401 | 403) no "$(pick \
        'the job has no permission security-events: write, or the repository has no code scanning' \
        "la tâche n’a pas la permission security-events: write, ou le dépôt n’a pas d’analyse du code")" ;;
    *) no "$(pick "the service answered $code" "le service a répondu $code")" ;;
esac
