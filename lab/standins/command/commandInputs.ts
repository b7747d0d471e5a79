import { z } from "zod";

const connectionSchema = z.strictObject({
  host: z.string(),
  port: z.number().default(22),
  user: z.string().default("root"),
  password: z.string().optional(),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  agentSocketPath: z.string().optional(),
  dialErrorLimit: z.number().int().min(-1).default(10),
  perDialTimeout: z.number().int().min(0).default(15),
  hostKey: z.string().optional(),
  proxy: z.undefined({ error: "the stand-in connects through no proxy; the real plugin does" }).optional(),
});

/** Inputs of `command:remote:Command`. Source: pulumi/pulumi-command provider/remote/command.go and connection.go. */
export const commandSchema = z.strictObject({
  connection: connectionSchema,
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  stdin: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  logging: z.enum(["none", "stdout", "stderr", "stdoutAndStderr"]).default("stdoutAndStderr"),
  addPreviousOutputInEnv: z.boolean().default(true),
  triggers: z.array(z.unknown()).optional(),
});

/** How to reach a host: times in seconds, `dialErrorLimit` -1 for no limit, `hostKey` as in authorized_keys. */
export type Connection = z.infer<typeof connectionSchema>;

/** The command resource's inputs with defaults filled in. */
export type CommandInputs = z.infer<typeof commandSchema>;

/** Connection defaults that the real provider adds to the checked inputs, and so to the state. */
export const connectionDefaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };

/** The names a command's inputs may have. */
export const inputNames = Object.keys(commandSchema.shape);
