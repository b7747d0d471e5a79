import type { Link } from "../options";

/** One direction of a link to one host, shared by all its connections: when what is sent now arrives. */
export class Direction {
  private freeAt = 0;

  constructor(private readonly link: Link) {}

  /** Milliseconds from `now` until `bytes` have arrived: they wait their turn, take their time to send, and travel. */
  delay(bytes: number, now: number): number {
    this.freeAt = Math.max(this.freeAt, now) + (bytes * 8 * 1000) / this.link.bitsPerSecond;
    return this.freeAt - now + this.link.roundTripMs / 2;
  }

  /** Bytes that may be under way: what fits on the link, and a buffer of a tenth of a second. */
  get capacity(): number {
    return ((this.link.roundTripMs / 2 + 100) / 8000) * this.link.bitsPerSecond;
  }
}

/**
 * When the server may be connected to, in milliseconds after the client was accepted on this machine: a connection is made in
 * three ways of half a round trip each, and the client has not waited for any.
 */
export function connectDelay({ roundTripMs }: Link): number {
  return 1.5 * roundTripMs;
}
