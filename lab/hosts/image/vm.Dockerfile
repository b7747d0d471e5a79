# A lab host that is a virtual machine: the system of the hosts that are containers, with Debian's own kernel and what Docker
# does for a container. The lists of packages stay, as on a host that was just installed.
ARG BASE
FROM ${BASE}
COPY vm/ /
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends linux-image-cloud-amd64 udev \
  && apt-get clean \
  && chmod 0755 /usr/local/sbin/lab-seed \
  && systemctl unmask systemd-udevd.service systemd-udev-trigger.service systemd-udev-settle.service \
  && systemctl enable lab-seed.service \
  && : > /etc/machine-id
