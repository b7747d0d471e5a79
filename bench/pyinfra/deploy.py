"""Puts on a host what the plan says: files, binaries, units, each by pyinfra's own operation for it."""

from pyinfra import host
from pyinfra.operations import files, server, systemd
from pyinfra.operations.util import any_changed

plan = host.data.plan

for key, value in plan["sysctls"].items():
    server.sysctl(name=f"Set {key}", key=key, value=int(value) if value.isdigit() else value)

for service in plan["services"]:
    name = service["name"]
    for directory in service["directories"]:
        files.directory(name=f"{name}: {directory}", path=directory, mode="755", user="root", group="root")
    changed = []
    for file in service["files"] + service["binaries"]:
        put = files.put(
            name=f"{name}: {file['path']}",
            src=file["source"],
            dest=file["path"],
            mode=file["mode"],
            user="root",
            group="root",
        )
        if file["restart"]:
            changed.append(put)
    if "unit" in service:
        systemd.service(
            name=f"{name}: start it with what is new",
            service=service["unit"],
            running=True,
            restarted=True,
            enabled=True,
            daemon_reload=True,
            _if=any_changed(*changed),
        )
        systemd.service(name=f"{name}: runs", service=service["unit"], running=True, enabled=True)
