#!/bin/sh
# Works only while this sidecar's candidate leads. It follows the election by long polls, each answered at once when
# something changes, and after a second otherwise.
#
#   sh client.sh [URL of the election]

url=${1:-http://localhost:4040/v1/elections/example}
revision=0
said=

say() {
  [ "$1" = "$said" ] || echo "$1"
  said=$1
}

# A number or a name of the election; empty if it is not there, or null.
member() {
  printf '%s\n' "$election" | sed -n "s/.*$1\"\{0,1\}\([^\",}]*\).*/\1/p"
}

while :; do
  # The sidecar is near: no proxy. One that does not answer in time says nothing about who leads.
  if ! election=$(curl -sSf --noproxy '*' --max-time 3 "$url?after=$revision&timeout=1s"); then
    revision=0
    say 'knows no leader'
    sleep 1
    continue
  fi
  revision=$(member '"revision":')

  case $election in
    *'"leading":true'*)
      token=$(member '"leading":true,"fencingToken":')
      say "leads, fencing token $token"
      # Short work, as what was true a moment ago may be over. For longer work there is election exec.
      echo "works, fencing token $token"
      ;;
    *'"leader":{'*) say "follows $(member '"leader":{"name":')" ;;
    *) say 'knows no leader' ;;
  esac
done
