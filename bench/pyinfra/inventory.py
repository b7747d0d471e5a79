"""The hosts of the benchmark, as bench/tools/pyinfra.ts has written them down."""

import json
import os

with open(os.environ["BENCH_PLAN"], encoding="utf-8") as file:
    plan = json.load(file)

hosts = [
    (
        host["name"],
        {
            "ssh_hostname": host["address"],
            "ssh_port": host["port"],
            "ssh_user": "root",
            "ssh_key": plan["privateKeyFile"],
            "ssh_known_hosts_file": plan["knownHostsFile"],
            "ssh_strict_host_key_checking": "yes",
            "ssh_allow_agent": False,
            "ssh_look_for_keys": False,
            "plan": host,
        },
    )
    for host in plan["hosts"]
]
