# Sourced by ./run, ./test and ./check: one virtual environment, in .venv, with pinned versions.

# A Python that is new enough; $PYTHON names another.
find_python() {
  for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer is needed; PYTHON=/path/to/python names one" >&2
  exit 1
}

# setup EXTRAS: install once, and again when the requirements have changed. The install is editable,
# so that one environment serves the gallery and the tests.
setup() {
  stamp=".venv/.installed-$1"
  wanted="$(cat pyproject.toml constraints.txt | cksum)"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
  if [ ! -x .venv/bin/python ]; then
    python="$(find_python)"
    echo "making .venv" >&2
    "$python" -m venv .venv
  fi
  echo "installing into .venv (torch and a C compiler: a few minutes the first time)" >&2
  .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    -c constraints.txt -e ".[$1]" </dev/null
  echo "$wanted" >"$stamp"
}
