# The system below a lab host, where an image registry can be reached; lab/hosts/baseImage.ts makes the same by debootstrap
# where not. Both take their packages from packages.txt.
ARG BASE
FROM ${BASE}
COPY packages.txt /packages.txt
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive xargs apt-get install --yes --no-install-recommends < /packages.txt \
  && rm -rf /packages.txt /var/lib/apt/lists/* /var/cache/apt/*
