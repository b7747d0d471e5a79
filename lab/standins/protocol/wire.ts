/** Answers of a stand-in as the plugin protocol has them. */
import { Metadata, status } from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { DetailedError } from "./rpc";
import type { CheckResult, Diff } from "./standIn";
import type { PropertyMap } from "./values";

export function writeChecked({ inputs, failures }: CheckResult): proto.CheckResponse {
  const list = failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason));
  return new proto.CheckResponse().setInputs(Struct.fromJavaScript(inputs)).setFailuresList(list);
}

const { ADD, DELETE, UPDATE, ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
const kinds = { add: ADD, delete: DELETE, update: UPDATE };
const replacing = { add: ADD_REPLACE, delete: DELETE_REPLACE, update: UPDATE_REPLACE };

export function writeDiff({ changed, replaces, details, deleteBeforeReplace = false }: Diff): proto.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(changed.length > 0 || details?.length ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(replaces)
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(details !== undefined);
  for (const { shown, kind, replace } of details ?? []) {
    response.getDetaileddiffMap().set(shown, new proto.PropertyDiff().setKind((replace ? replacing : kinds)[kind]));
  }
  return response;
}

/** As Pulumi's own SDKs send it. */
function initFailure(reason: string, id: string, outputs: PropertyMap): Metadata {
  const detail = new proto.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(Struct.fromJavaScript(outputs))
    .setReasonsList([reason]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const failed = new Status();
  failed.setCode(status.UNKNOWN);
  failed.setMessage(reason);
  failed.addDetails(any);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(failed.serializeBinary()));
  return metadata;
}

/** The operation changed the resource but did not finish: the engine records `outputs` and the reason (an init error). */
export class PartialFailure extends DetailedError {
  constructor(reason: string, id: string, outputs: PropertyMap) {
    super(reason, initFailure(reason, id, outputs));
  }
}
