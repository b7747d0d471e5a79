import * as https from "node:https";

/** Client side of a TLS connection, in PEM. */
export interface ClientTls {
  ca: string;
  cert: string;
  key: string;
}

/** GETs a small text; rejects when nothing answers within `timeoutMilliseconds`. */
export async function getText(
  url: string,
  tls: ClientTls,
  timeoutMilliseconds: number,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ...tls, timeout: timeoutMilliseconds, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on("timeout", () => request.destroy(new Error(`${url}: no answer within ${timeoutMilliseconds} ms`)));
    request.on("error", reject);
  });
}
