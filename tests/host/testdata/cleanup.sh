# shellcheck shell=sh
echo cleaned >>/run/cleaned
