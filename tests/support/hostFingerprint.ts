import type { Lab } from "../../lab/lab";

/** Files of ours and of the services, with what a rewrite or a restart would change: inode, time, size, start of each unit. */
const managed = `
for path in /opt/kubernetes /opt/cni /etc/kubernetes /etc/containerd /etc/cni /etc/systemd/system /etc/modules-load.d /etc/sysctl.d /var/lib/kubernetes-worker-nodes /var/lib/kubelet/config.yaml /var/lib/kubelet/pki; do
  [ -e "$path" ] && find "$path" -printf '%p %i %T@ %s %m %U:%G\\n'
done | sort
for unit in kubelet kube-proxy containerd; do systemctl show -p MainPID -p ActiveEnterTimestampMonotonic "$unit"; done
`;

/**
 * What a host is like after an up, however many runs it took: paths, modes, owners, contents but for what a generated key,
 * the random name of a claim or a resource, the start of a process or the Node's own range is part of, and whether the units run. The lists of what is ours are sorted: runs may note the same things in another order.
 */
const content = `
cd /
find opt etc var/lib/kubernetes-worker-nodes var/lib/kubelet/config.yaml var/lib/kubelet/pki -xdev -printf '%y %m %U:%G %p %l\\n' |
  sed -E 's/(kubelet-client-)[0-9-]+/\\1DATE/g' | sort
find etc opt var/lib/kubernetes-worker-nodes var/lib/kubelet/config.yaml -xdev -type f | sort | while read -r path; do
  case $path in
    etc/kubernetes/kube-proxy.conf | */*.service.started | */*.instance | */*.digests | etc/cni/net.d/*) ;;
    */kubernetes-worker-nodes/owner) echo "$(sed '1s/^[^ ]*/CLAIM/' "$path" | sha256sum) $path" ;;
    *.owned) echo "$(sort "$path" | sha256sum) $path" ;;
    *) sha256sum "$path" ;;
  esac
done
for unit in containerd kubelet kube-proxy; do echo "$unit $(systemctl is-active $unit) $(systemctl is-enabled $unit)"; done
`;

/** What a host without anything of ours looks like: names of files, units, links, rules, mounts. */
const traces = `
find /opt /etc /usr/local /usr/lib/systemd /var/lib -xdev \\( -path /var/lib/containerd -o -path /var/lib/systemd -o -path /var/lib/apt -o -path /var/lib/dpkg \\) -prune -o -printf '%y %p\\n' | sort
find /run/netns /run/cni /run/systemd/system /var/lib/kubelet /var/log/pods /var/log/containers /etc/cni 2>/dev/null | sort
systemctl list-unit-files --no-legend 2>/dev/null | awk '{ print $1, $2 }' | sort
ip -o link | awk -F': ' '{ print $2 }' | cut -d@ -f1 | sort
for table in nat filter mangle raw; do iptables -t $table -S; ip6tables -t $table -S; done 2>/dev/null | sort
# Empty tables of iptables-nft stay when its last rule goes; their rules are listed above.
nft list tables | grep -vE " (filter|nat|mangle|raw)$" | sort
ctr -n k8s.io containers ls -q
systemctl is-active containerd
`;

/** Changes when any file of ours is rewritten or any unit restarted. */
export async function fingerprint(lab: Lab, host: string): Promise<string> {
  return on(lab, host, managed);
}

/** Equal after an undisturbed up and after one that others, cut off, went before. */
export async function hostState(lab: Lab, host: string): Promise<string[]> {
  return (await on(lab, host, content)).split("\n");
}

/** Equal before and after, where nothing of ours was left behind. */
export async function hostTraces(lab: Lab, host: string): Promise<string[]> {
  return (await on(lab, host, traces)).split("\n");
}

/** Logins that the host's sshd has seen so far. */
export async function sshLogins(lab: Lab, host: string): Promise<number> {
  return Number(await on(lab, host, "journalctl -u ssh --no-pager | grep -c 'Accepted publickey' || true"));
}

async function on(lab: Lab, host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(host, script);
  if (code !== 0) throw new Error(`${host}: ${stderr}`);
  return stdout;
}
