#!/usr/bin/env bash
# What a build needs: installs it on Debian as root, or says in one line what is missing. Takes no time where all is there.
set -euo pipefail
need=() named=()
command -v cargo >/dev/null || named+=("Rust 1.95 or newer (https://www.rust-lang.org/tools/install)")
{ command -v npm && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)'; } >/dev/null 2>&1 ||
  named+=("Node.js 20 or newer with npm (https://nodejs.org)")
command -v cc >/dev/null || need+=(build-essential)
command -v make >/dev/null || need+=(make)
# OpenSSL's own build wants more of Perl than a bare Debian brings along.
perl -MFindBin -MIPC::Cmd -MTime::Piece -e1 2>/dev/null || need+=(perl)
if [ ${#need[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
  need=()
fi
[ ${#need[@]} -eq 0 ] || named+=("${need[*]} (on Debian: sudo apt-get install ${need[*]})")
[ ${#named[@]} -eq 0 ] && exit 0
list=$(printf '%s, ' "${named[@]}")
echo "missing: ${list%, }" >&2
exit 1
