#!/bin/sh
# Makes what storewire-hq.conf needs, with openssl and nothing else:
#   make-certificates.sh DIRECTORY authority              once, on a machine that is kept safe
#   make-certificates.sh DIRECTORY broker HOST            for the broker; HOST is the name gateways dial
#   make-certificates.sh DIRECTORY client NAME            for "{site}/{gateway}", hq-receiver, hq-reader
# Keys are made without passphrase and readable by their owner only. What exists is never overwritten.
set -eu
umask 077

usage() {
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 64
}

[ $# -ge 2 ] || usage
directory=$1
kind=$2
name=${3:-}
# 20 years for the authority, 5 for what it signs: a store may be offline for months, never for years.
authority_days=7300
leaf_days=1825

new_key() {
  if [ -e "$1" ]; then
    echo "$1 exists already" >&2
    exit 73
  fi
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

sign() { # FILE COMMON-NAME EXTENSIONS
  # A slash separates the parts of -subj unless it is escaped.
  subject=$(printf '%s' "$2" | sed 's,/,\\/,g')
  new_key "$directory/$1.key"
  printf '%s\n' "$3" >"$directory/$1.extensions"
  openssl req -new -key "$directory/$1.key" -subj "/CN=$subject" |
    openssl x509 -req -days "$leaf_days" -CA "$directory/ca.pem" -CAkey "$directory/ca.key" \
      -CAcreateserial -extfile "$directory/$1.extensions" -out "$directory/$1.pem" 2>/dev/null
  rm "$directory/$1.extensions"
  chmod 644 "$directory/$1.pem"
  echo "$directory/$1.pem"
}

mkdir -p "$directory"
case $kind in
authority)
  new_key "$directory/ca.key"
  openssl req -x509 -new -key "$directory/ca.key" -days "$authority_days" \
    -subj "/CN=Storewire HQ authority" -out "$directory/ca.pem"
  chmod 644 "$directory/ca.pem"
  echo "$directory/ca.pem"
  ;;
broker)
  [ -n "$name" ] || usage
  case $name in
  *[!0-9.]*) alternative="DNS:$name" ;;
  *) alternative="IP:$name" ;;
  esac
  sign broker "$name" "subjectAltName=$alternative
extendedKeyUsage=serverAuth"
  ;;
client)
  [ -n "$name" ] || usage
  sign "$(printf '%s' "$name" | tr / _)" "$name" "extendedKeyUsage=clientAuth"
  ;;
*) usage ;;
esac
