#!/usr/bin/env bash
# Installs what the tests need on Debian, or says in one line what is missing.
set -euo pipefail
"$(dirname "$0")/tools.sh"
need=()
command -v chromium >/dev/null || need+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || need+=(postgresql)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || need+=(fonts-noto-cjk fontconfig)
python3 -c 'import venv, ensurepip' 2>/dev/null || need+=(python3-venv)
# The stories are played faster without the parts of a browser that nobody looks at; a whole one does as well.
want=()
command -v chromium-headless-shell >/dev/null || want=(chromium-headless-shell)
if [ ${#want[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${want[@]}"; } \
    >/dev/null 2>&1 || true
fi
[ ${#need[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
else
  echo "missing: ${need[*]} (on Debian: sudo apt-get install ${need[*]})" >&2
  exit 1
fi
