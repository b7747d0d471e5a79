# shellcheck shell=sh
# inside SUBNET RANGE: true if all of SUBNET (an address is a subnet of one) lies in RANGE.
inside() {
  subnet=$1 range=$2 awk '
    function number(hex,   value, i) {
      for (i = 1; i <= length(hex); i++) value = value * 16 + index("123456789abcdef", substr(hex, i, 1))
      return value + 0
    }
    # The words of an address: 4 decimal ones of 8 bits, or 8 hexadecimal ones of 16 bits.
    function words(address, into,   gap, front, back, heads, tails, i) {
      if (address !~ /:/) return split(address, into, ".")
      gap = index(address, "::")
      heads = split(gap ? substr(address, 1, gap - 1) : address, front, ":")
      tails = gap ? split(substr(address, gap + 2), back, ":") : 0
      for (i = 1; i <= 8; i++)
        into[i] = number(i <= heads ? front[i] : i > 8 - tails ? back[i - 8 + tails] : "0")
      return 8
    }
    BEGIN {
      of_subnet = split(tolower(ENVIRON["subnet"]), subnet, "/")
      split(tolower(ENVIRON["range"]), range, "/")
      count = words(subnet[1], small)
      if (count < 4 || count != words(range[1], large)) exit 1
      size = count == 4 ? 8 : 16
      if (of_subnet == 2 && subnet[2] + 0 < range[2] + 0) exit 1
      for (i = 1; i <= count; i++) {
        bits = range[2] - size * (i - 1)
        if (bits <= 0) exit 0
        for (unit = 1; bits < size; bits++) unit *= 2
        if (int(small[i] / unit) != int(large[i] / unit)) exit 1
      }
      exit 0
    }'
}
