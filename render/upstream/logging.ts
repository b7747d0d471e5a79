import { list, object } from "./fieldTypes";

const outputRouting = { splitStream: "boolean", infoBufferSize: "quantity" } as const;

/** LoggingConfiguration of k8s.io/component-base logs/api/v1 (0.34 to 0.37), shared by kubelet and kube-proxy. */
export const logging = object({
  format: "string",
  // A Go duration, or nanoseconds as a number in old files.
  flushFrequency: "any",
  verbosity: "integer",
  vmodule: list(object({ filePattern: "string", verbosity: "integer" })),
  options: object({ text: object(outputRouting), json: object(outputRouting) }),
});
