import type { KubeConfig, V1Node } from "@kubernetes/client-node";

/** Opens a stream of the names of Nodes that change; `ended` is called once, however it ends. Gives what closes it. */
export type OpenWatch = (changed: (nodeName: string) => void, ended: () => void) => Promise<() => void>;

/** What of one Node is listened to. */
export interface NodeChanges {
  /** Whether changes are told; where not, the Node has to be looked at now and then. */
  isWatched(): boolean;
  /** Waits for a change since the last call, and no longer than that. */
  next(longestMs: number): Promise<void>;
  /** To be called when nobody listens any more. */
  stop(): void;
}

/** How long a watch that ended is not opened again, in milliseconds: it may have been refused. */
const pauseMs = 5_000;

/** How long a watch stays open that nobody listens to, in milliseconds: hosts become nodes one after the other. */
const lingerMs = 5_000;

interface Listener {
  nodeName: string;
  hasChanged: boolean;
  wake: () => void;
}

/**
 * One watch for all Nodes of a cluster, open as long as somebody listens: what waits for Nodes looks at each when it has changed,
 * not twice a second. Where it cannot be opened, or ends, those who listen go on by looking.
 *
 * See https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
 */
export class NodeWatch {
  private readonly listeners = new Set<Listener>();
  /** Closes the watch that is open. */
  private close: (() => void) | undefined;
  private isOpening = false;
  private notBefore = 0;

  /** @param linger milliseconds that it stays open for when nobody listens any more. */
  constructor(
    private readonly open: OpenWatch,
    private readonly linger = lingerMs,
  ) {}

  listen(nodeName: string): NodeChanges {
    const listener: Listener = { nodeName, hasChanged: false, wake: () => undefined };
    this.listeners.add(listener);
    void this.start();
    return {
      isWatched: () => this.close !== undefined,
      next: async (longestMs) => {
        void this.start();
        if (!listener.hasChanged) await wokenOrAfter(listener, longestMs);
        listener.hasChanged = false;
      },
      stop: () => {
        this.listeners.delete(listener);
        if (this.listeners.size === 0) this.endLater();
      },
    };
  }

  private async start(): Promise<void> {
    if (this.close !== undefined || this.isOpening || Date.now() < this.notBefore) return;
    this.isOpening = true;
    let hasEnded = false;
    const ended = (): void => {
      hasEnded = true;
      this.close = undefined;
      if (this.listeners.size > 0) this.notBefore = Date.now() + pauseMs;
    };
    this.close = await this.open((nodeName) => this.tell(nodeName), ended).catch(() => undefined);
    this.isOpening = false;
    if (this.close === undefined || hasEnded) return ended();
    // What has changed until it was open, nobody has told.
    this.tell();
    if (this.listeners.size === 0) this.endLater();
  }

  private endLater(): void {
    const end = (): void => {
      if (this.listeners.size > 0) return;
      this.close?.();
      this.close = undefined;
    };
    setTimeout(end, this.linger).unref();
  }

  /** @param nodeName the Node that has changed; any may have where it is left out. */
  private tell(nodeName?: string): void {
    for (const listener of this.listeners) {
      if (nodeName !== undefined && listener.nodeName !== nodeName) continue;
      listener.hasChanged = true;
      listener.wake();
    }
  }
}

function wokenOrAfter(listener: Listener, longestMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, longestMs));
    listener.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/**
 * The watch of a cluster's API server.
 *
 * @param latest resourceVersion of the Nodes now: a watch that begins there is not sent all Nodes that there are.
 */
export function nodeWatchOf(config: KubeConfig, latest: () => Promise<string | undefined>): NodeWatch {
  return new NodeWatch(async (changed, ended) => {
    const { Watch } = await import("@kubernetes/client-node");
    const tell = (_type: string, node: V1Node): void => changed(node.metadata?.name ?? "");
    const resourceVersion = await latest();
    const controller = await new Watch(config).watch("/api/v1/nodes", { resourceVersion }, tell, ended);
    return () => controller.abort();
  });
}
