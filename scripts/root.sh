# as_root COMMAND…: runs it as root, or says why not.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else echo "not root, and no sudo without a password: cannot run: $*" >&2; return 1
  fi
}
