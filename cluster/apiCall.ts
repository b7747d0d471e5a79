import { STATUS_CODES } from "node:http";
import { tendHeap } from "../base/heap";
import { sleep, type Timing } from "./timing";

/**
 * A call that the API server refused, or that never reached it. The message names the call, the server and the
 * answer, and never holds credentials: nothing of the request is in it.
 */
export class ApiCallError extends Error {
  /**
   * @param reason the answer alone, or the network's failure: `429 Cannot evict pod ...`.
   * @param status HTTP status, or undefined where no answer came.
   * @param causes `details.causes` of the answer's Status, as `reason: message`.
   */
  constructor(
    message: string,
    readonly reason: string,
    readonly status?: number,
    readonly causes: readonly string[] = [],
  ) {
    super(message);
    this.name = "ApiCallError";
  }
}

/** True for an ApiCallError with this HTTP status. */
export function hasStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiCallError && error.status !== undefined && statuses.includes(error.status);
}

/**
 * Makes one call, again and again with growing pauses while the server cannot be reached or says that it is not able
 * to answer now, for at most `timing.unreachableMs`.
 *
 * @param what the call in words, for the error: `read Node node-a`.
 * @param server origin of the API server, for the error.
 * @param isFinal answers that the caller handles although they look temporary (429 of an eviction).
 * @throws ApiCallError
 */
export async function callApi<T>(
  what: string,
  server: string,
  timing: Timing,
  request: () => Promise<T>,
  isFinal: (status: number) => boolean = () => false,
): Promise<T> {
  const start = Date.now();
  for (let pause = 250; ; pause = Math.min(pause * 2, 4000)) {
    tendHeap();
    try {
      return await request();
    } catch (error) {
      const failure = describeFailure(error);
      const temporary = failure.temporary && !(failure.status !== undefined && isFinal(failure.status));
      if (temporary && Date.now() + pause < start + timing.unreachableMs) {
        await sleep(pause);
        continue;
      }
      const tries = temporary ? `; tried for ${Math.round((Date.now() - start) / 1000)} s` : "";
      const text = `cannot ${what} at ${server}: ${failure.text}${tries}${advice(failure)}`;
      throw new ApiCallError(text, failure.text, failure.status, failure.causes);
    }
  }
}

interface Failure {
  readonly text: string;
  readonly status?: number;
  readonly causes: string[];
  /** Trying again may help. */
  readonly temporary: boolean;
}

/** 429 and 5xx as client-go retries them; 501 and 505 do not change by waiting. */
const temporaryStatuses = new Set([429, 500, 502, 503, 504]);

/** What is looked at of a thrown value, whichever library threw it. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly body?: unknown;
  readonly cause?: Thrown;
  readonly errors?: readonly Thrown[];
}

function describeFailure(thrown: unknown): Failure {
  const error: Thrown = typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) };
  // ApiException of @kubernetes/client-node; its own message repeats the whole answer with all headers.
  if (typeof error.code === "number" && "body" in error) {
    const { message, causes } = readStatus(error.body);
    // Of some answers (401) the library gives no body.
    const text = `${error.code} ${message || STATUS_CODES[error.code] || ""}`.trim();
    return { text, status: error.code, causes, temporary: temporaryStatuses.has(error.code) };
  }
  const root = rootCause(error);
  const text = root.message || (typeof root.code === "string" ? root.code : root.name) || "unknown failure";
  return { text, causes: [], temporary: isNetworkFailure(error, root) };
}

/** The innermost cause: undici says no more than "fetch failed" on the outside, and gives one error per address tried. */
function rootCause(error: Thrown): Thrown {
  const inner = error.errors?.[0] ?? error.cause;
  return inner ? rootCause(inner) : error;
}

/** Connection failures and timeouts; wrong certificates (`CERT_...`, `ERR_TLS_...`) stay wrong however long one waits. */
function isNetworkFailure(error: Thrown, root: Thrown): boolean {
  if (error.name === "TimeoutError" || error.name === "AbortError") return true;
  const isCertificate = typeof root.code === "string" && /CERT|TLS|SSL|SIGNATURE/.test(root.code);
  return error.message === "fetch failed" && !isCertificate;
}

/** Message and causes of a metav1.Status, which arrives parsed or as text (or is a proxy's page: its first line). */
function readStatus(body: unknown): { message: string; causes: string[] } {
  let status = body;
  if (typeof body === "string") {
    try {
      status = JSON.parse(body);
    } catch {
      return { message: (body.split("\n")[0] ?? "").slice(0, 200), causes: [] };
    }
  }
  const { message, details } = (status ?? {}) as {
    message?: string;
    details?: { causes?: { reason?: string; message?: string }[] };
  };
  const causes = (details?.causes ?? []).map((cause) => `${cause.reason ?? "cause"}: ${cause.message ?? ""}`);
  return { message: message ?? "", causes };
}

function advice(failure: Failure): string {
  if (failure.status === 401) return "; the kubeconfig's credentials are not accepted: have they expired?";
  if (failure.status === 403) return "; the kubeconfig has to be of an administrator";
  if (failure.status !== undefined) return "";
  return failure.temporary
    ? "; is the API server up, and does the machine that runs Pulumi reach it?"
    : "; do the kubeconfig's server and certificate-authority-data belong to this cluster?";
}
