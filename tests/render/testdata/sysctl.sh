set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
failed=0
while IFS= read -r line; do
  case $line in '' | '#'* | ';'*) continue ;; esac
  key=$(echo "${line%%=*}" | tr -d '[:space:]')
  value=$(echo "${line#*=}" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
  file=/proc/sys/$(echo "$key" | tr . /)
  seen=$(cat "$file" 2>/dev/null || echo missing)
  [ "$seen" = "$value" ] && continue
  if ! (echo "$value" >"$file") 2>/dev/null || [ "$(cat "$file" 2>/dev/null)" != "$value" ]; then
    echo "sysctl: $key is $seen: must be $value and cannot be set; load the kernel module it belongs to or make /proc/sys writable" >&2
    failed=1
  fi
done </etc/sysctl.d/99-kubernetes-worker-nodes.conf || failed=1
exit "$failed"
