import "reflect-metadata";
import { createPrivateKey } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { loadYaml } from "@kubernetes/client-node";
import * as x509 from "@peculiar/x509";
import { isPlainMap, type PropertyMap, type PropertyValue } from "../../../lab/standins/protocol/values";
import { discovery, openApi, watchedNothing } from "./fakeDiscovery";

export interface SeenRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  contentType?: string;
  authorization?: string;
  body?: PropertyMap;
}

/** A serving certificate for loopback, signed by itself. */
async function newCertificate(): Promise<{ cert: string; key: string }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=kubernetes",
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
  });
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { cert: certificate.toString("pem"), key: key.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** Just enough of an API server to see what the stand-in asks of one: objects by path. */
export class FakeCluster {
  readonly objects = new Map<string, PropertyMap>();
  readonly requests: SeenRequest[] = [];
  /** Answers the next write with this status instead, once. */
  failNextWrite?: { code: number; message: string };
  private server?: Server;
  private certificate?: { cert: string; key: string };
  port = 0;
  private version = 100;

  async start(): Promise<this> {
    this.certificate ??= await newCertificate();
    const server = createServer(this.certificate, (request, response) => void this.handle(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.server;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  kubeconfig(server = `https://127.0.0.1:${this.port}`, token = "t0ken"): string {
    const ca = Buffer.from(this.certificate?.cert ?? "").toString("base64");
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: { server, "certificate-authority-data": ca } }],
      users: [{ name: "u", user: { token } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
  }

  /** Requests since the last call, the one for the version left out, as "METHOD path". */
  calls(): string[] {
    return this.requests
      .splice(0)
      .filter(({ path }) => path !== "/version")
      .map(({ method, path, query }) => `${method} ${path}${query.dryRun ? " (dry run)" : ""}`);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const seen: SeenRequest = {
      method: request.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      contentType: request.headers["content-type"],
      authorization: request.headers.authorization,
      body: bodyOf(request.headers["content-type"], text),
    };
    this.requests.push(seen);
    if (seen.path === "/openapi/v2") return void response.end(openApi);
    if (seen.query.watch) return void response.writeHead(200).write(watchedNothing(seen.path));
    const [code, body] = this.answer(seen);
    response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  private answer(seen: SeenRequest): [number, PropertyMap] {
    const { method, path, query, body } = seen;
    const known = discovery[path];
    if (known) return [200, known];
    if (method !== "GET" && this.failNextWrite) {
      const { code, message } = this.failNextWrite;
      this.failNextWrite = undefined;
      return status(code, message);
    }
    const metadata = isPlainMap(body?.metadata) ? body.metadata : {};
    const name = method === "POST" ? `${path}/${text(metadata.name)}` : path;
    const existing = this.objects.get(name);
    if (method === "POST" && existing) return status(409, `"${text(metadata.name)}" already exists`);
    if (method === "GET" || method === "DELETE") {
      if (method === "DELETE") this.objects.delete(name);
      return existing ? [200, existing] : status(404, `${name} not found`);
    }
    const live = this.written(seen, existing, metadata);
    if (query.dryRun === undefined) this.objects.set(name, live);
    return [method === "POST" ? 201 : 200, live];
  }

  /** The object after a write: a create is owned by an "Update" entry, an apply by an "Apply" one. */
  private written(
    { method, query, contentType, body }: SeenRequest,
    existing: PropertyMap | undefined,
    metadata: PropertyMap,
  ) {
    const old = isPlainMap(existing?.metadata) ? existing.metadata : {};
    const applied = contentType?.includes("apply-patch") ?? false;
    const entry = {
      manager: query.fieldManager ?? "",
      operation: applied ? "Apply" : "Update",
      fieldsV1: { "f:data": {} },
    };
    const others = Array.isArray(old.managedFields)
      ? old.managedFields.filter((other) => isPlainMap(other) && other.manager !== entry.manager)
      : [];
    // The patches that are no applies say who owns which fields.
    const isPatch = contentType?.includes("patch+json");
    const managedFields = isPatch ? (metadata.managedFields ?? old.managedFields) : [...others, entry];
    const merged = {
      uid: `uid-${this.version}`,
      creationTimestamp: "2026-01-02T03:04:05Z",
      ...old,
      ...metadata,
      resourceVersion: String(++this.version),
      managedFields: managedFields ?? null,
    };
    // An apply says all that its manager wants; a merge adds to what is there.
    return { ...(method === "POST" || applied ? {} : existing), ...body, metadata: merged };
  }
}

function bodyOf(contentType = "", text: string): PropertyMap | undefined {
  if (text === "") return undefined;
  if (contentType.includes("yaml")) return loadYaml<PropertyMap>(text);
  if (!contentType.includes("json-patch")) return JSON.parse(text) as PropertyMap;
  // A list of operations, or null for none; those that come are about metadata alone.
  const operations = JSON.parse(text) as { path: string; value: PropertyValue }[] | null;
  return {
    metadata: Object.fromEntries((operations ?? []).map(({ path, value }) => [path.slice("/metadata/".length), value])),
  };
}

function text(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function status(code: number, message: string): [number, PropertyMap] {
  return [code, { kind: "Status", apiVersion: "v1", status: "Failure", code, message }];
}
