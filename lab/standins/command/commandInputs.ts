import { z } from "zod";
import { signature } from "../protocol/values";

const text = z.string().optional();
const notServed = (what: string) => ({ error: `the stand-in for the command plugin ${what}; the real plugin does` });

const connectionSchema = z.strictObject({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  password: text,
  privateKey: text,
  privateKeyPassword: text,
  agentSocketPath: text,
  dialErrorLimit: z.number().int().min(-1),
  perDialTimeout: z.number().int().min(0),
  hostKey: text,
  proxy: z.undefined(notServed("connects through no proxy")).optional(),
});

/** Inputs of `command:remote:Command`. Source: pulumi/pulumi-command provider/remote/command.go and connection.go. */
export const commandSchema = z.strictObject({
  connection: connectionSchema,
  create: text,
  update: text,
  delete: text,
  stdin: text,
  logging: z.literal("none", notServed('shows no output while a command runs: set logging to "none"')),
  addPreviousOutputInEnv: z.literal(false, notServed("sets no variables: set addPreviousOutputInEnv to false")),
  environment: z.undefined(notServed("sets no variables")).optional(),
});

/** What a file asset is recognized by. Source: pulumi/pulumi sdk/go/common/resource/sig. */
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** Inputs of `command:remote:CopyToRemote`. Source: pulumi/pulumi-command provider/remote/copy.go. */
export const copySchema = z.strictObject({
  connection: connectionSchema,
  source: z.looseObject(
    { [signature]: z.literal(assetSignature), path: z.string() },
    notServed("copies single files only: give a FileAsset with a path"),
  ),
  remotePath: z.string(),
  triggers: z.undefined(notServed("knows no triggers")).optional(),
});

/** How to reach a host: times in seconds, `dialErrorLimit` -1 for no limit, `hostKey` as in authorized_keys. */
export type Connection = z.infer<typeof connectionSchema>;

/** Connection defaults that the real provider adds to the checked inputs, and so to the state. */
export const connectionDefaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };

/** Fields that the real provider marks secret within the connection, which is secret as a whole too. */
export const secretFields = ["password", "privateKey", "privateKeyPassword"];
