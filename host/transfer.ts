import { Readable, Transform } from "node:stream";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Bytes that go to a script, or that it tells of. */
export interface Transfer {
  /** Begins their source, and what they go through. @default none, the script brings them itself */
  bytes?: () => (Readable | Transform)[];
  /** Is told how many are on their way. */
  sent?: (count: number) => void;
  /** Is told what the script prints. */
  heard?: (text: string) => void;
}

/** Runs the script in the first line of standard input, base64, which leaves the rest of it to the script: `read` takes no byte too many. */
export const scriptBeforeBytes = `sh -c 'IFS= read -r script; eval "$(printf %s "$script" | base64 -d)"'`;

/**
 * Gives a channel of {@link scriptBeforeBytes} its script and the bytes behind it.
 *
 * @param alive is called whenever bytes come or go.
 */
export async function feedTransfer(
  channel: Duplex,
  script: string,
  { bytes = () => [Readable.from([])], sent, heard }: Transfer,
  alive: () => void,
): Promise<void> {
  channel.on("data", (chunk: Buffer) => {
    alive();
    heard?.(chunk.toString());
  });
  channel.write(`${Buffer.from(script).toString("base64")}\n`);
  const counted = counter((count) => {
    alive();
    sent?.(count);
  });
  await pipeline([...bytes(), counted, channel]);
}

/** Lets bytes through and tells how many they are so far. */
function counter(tell: (sent: number) => void): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tell((sent += chunk.length));
      done(null, chunk);
    },
  });
}
