/** Answers of a stand-in as the plugin protocol has them; the opposite of the engine's providerAnswers.ts and rpc.ts. */
import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { ChangeKind, DiffResult } from "../../engine/propertyDiff";
import type { CheckResult } from "../../engine/providerAnswers";
import { toWire } from "../../engine/values";
import { PartialFailure } from "./standIn";

export function writeChecked({ inputs, failures }: CheckResult): proto.CheckResponse {
  const list = failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason));
  return new proto.CheckResponse().setInputs(toWire(inputs)).setFailuresList(list);
}

/** The number of a change that does not replace; the one that does is the next. */
const kinds: Record<ChangeKind, proto.PropertyDiff.Kind> = { add: 0, delete: 2, update: 4 };

export function writeDiff({ changes, changedKeys, replaceKeys, detailed, deleteBeforeReplace }: DiffResult) {
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(changes === "some" ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changedKeys)
    .setReplacesList(replaceKeys)
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(detailed !== undefined);
  for (const [path, { kind, replace }] of Object.entries(detailed ?? {})) {
    const number: proto.PropertyDiff.Kind = kinds[kind] + (replace ? 1 : 0);
    response.getDetaileddiffMap().set(path, new proto.PropertyDiff().setKind(number));
  }
  return response;
}

/** A {@link PartialFailure} carries what there is of the resource, as Pulumi's own SDKs send it. */
export function writeError(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  const code = grpc.status.UNKNOWN;
  if (!(error instanceof PartialFailure)) return { code, details };
  const detail = new proto.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(toWire(error.outputs))
    .setReasonsList([details]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(code);
  status.setMessage(details);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details, metadata };
}
