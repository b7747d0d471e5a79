/** Serves the program's registrations: from what it asks for to steps, and from these to states. */
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { DefaultProviders } from "./defaultProviders";
import type { Executor } from "./executor";
import { setProviderVersion } from "./providers";
import { readProperties, readRegistration, refuseRenames, refuseUnsupported } from "./registration";
import { CancelledError, type Run } from "./run";
import type { StackConfig } from "./stackConfig";
import { newState, type ResourceState } from "./state";
import type { StepGenerator } from "./stepGenerator";
import { type Step, subject, waitsForOutputs } from "./steps";
import { createUrn, isProviderType, packageOf, stackType, typeOf } from "./urn";
import { equal, type PropertyMap, toWire } from "./values";

export class Registrar {
  private readonly defaultProviders: DefaultProviders;
  /** Steps of components whose outputs are still to come. */
  private readonly unfinished = new Map<string, Step>();
  private stackOutputs: { urn: string; outputs: PropertyMap } | undefined;

  constructor(
    private readonly run: Run,
    private readonly generator: StepGenerator,
    private readonly executor: Executor,
    config: StackConfig,
  ) {
    const { stack, project } = run.options;
    this.defaultProviders = new DefaultProviders(stack, project, config, async (fresh) => {
      const { state, succeeded } = await this.carryOut(fresh.urn, () => this.generator.register(fresh));
      if (succeeded) return state;
      throw new CancelledError(`the default provider of package ${packageOf(fresh.type)} could not be set up`);
    });
  }

  /** @throws CancelledError where the run is being stopped, by this or by something else. */
  async register(request: proto.RegisterResourceRequest): Promise<proto.RegisterResourceResponse> {
    refuseUnsupported(request);
    const fresh = readRegistration(request, this.run.options, this.run.news.get(request.getParent()));
    refuseRenames(request, fresh, this.run.options, (urn) => this.run.olds.has(urn));
    const version = request.getVersion();
    if (isProviderType(fresh.type) && version !== "") setProviderVersion(fresh.inputs, version);
    await this.resolveProvider(fresh, version);
    const deleteBeforeReplace = request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined;
    const register = () => this.generator.register(fresh, deleteBeforeReplace);
    const { state, succeeded } = await this.carryOut(fresh.urn, register);
    const response = new proto.RegisterResourceResponse().setUrn(state.urn).setId(state.id);
    response.setResult(succeeded ? proto.Result.SUCCESS : proto.Result.FAIL);
    // Outputs of a component may refer to resources that are still to be registered.
    return response.setObject(toWire(fresh.custom ? state.outputs : {}));
  }

  /** Serves a `.get()`. @throws CancelledError as register does. */
  async read(request: proto.ReadResourceRequest): Promise<proto.ReadResourceResponse> {
    refuseUnsupported(request);
    const { stack, project } = this.run.options;
    const [type, parent] = [request.getType(), request.getParent()];
    const fresh = newState({
      urn: createUrn(stack, project, parent, type, request.getName()),
      type,
      custom: true,
      external: true,
      id: request.getId(),
      parent,
      inputs: readProperties(request.getProperties()),
      dependencies: request.getDependenciesList(),
      provider: request.getProvider(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    });
    await this.resolveProvider(fresh, request.getVersion());
    const { state } = await this.carryOut(fresh.urn, () => this.generator.read(fresh));
    return new proto.ReadResourceResponse().setUrn(state.urn).setProperties(toWire(state.outputs));
  }

  private async carryOut(
    urn: string,
    generate: () => Promise<Step[]>,
  ): Promise<{ state: ResourceState; succeeded: boolean }> {
    this.run.throwIfCancelled();
    const steps = await generate().catch((error: unknown) => {
      this.run.fail(error, urn);
      this.run.cancel("a resource was refused");
      throw new CancelledError("a resource was refused");
    });
    const succeeded = await this.executor.runChain(steps);
    if (succeeded) steps.filter(waitsForOutputs).forEach((step) => this.unfinished.set(urn, step));
    const made = steps.find((step) => step.new !== undefined);
    if (made === undefined) throw new Error(`no step of ${urn} made a state`);
    return { state: subject(made), succeeded };
  }

  /** A custom resource without a provider of its own, or of a parent, has the package's default one. */
  private async resolveProvider(fresh: ResourceState, version: string): Promise<void> {
    if (!fresh.custom || isProviderType(fresh.type)) return;
    fresh.provider ||= await this.defaultProviders.reference(packageOf(fresh.type), version);
  }

  /** Outputs of a component; those of the stack are kept back until it is known whether the run succeeded. */
  async registerOutputs(request: proto.RegisterResourceOutputsRequest): Promise<void> {
    const [urn, outputs] = [request.getUrn(), readProperties(request.getOutputs())];
    const state = this.run.news.get(urn);
    if (state === undefined) throw new Error(`outputs came for ${urn}, which is not registered`);
    if (typeOf(urn) === stackType) this.stackOutputs = { urn, outputs };
    else await this.setOutputs(state, outputs);
  }

  /** After an error, outputs the program no longer gave are kept: it may not have come to them. */
  async finishStack(): Promise<{ before: PropertyMap | undefined; after: PropertyMap } | undefined> {
    const { urn, outputs } = this.stackOutputs ?? { urn: "", outputs: {} };
    const state = this.run.news.get(urn);
    if (state === undefined) return undefined;
    const before = this.run.olds.get(urn)?.outputs;
    await this.setOutputs(state, this.run.hasFailed ? { ...before, ...outputs } : outputs);
    return { before, after: state.outputs };
  }

  private async setOutputs(state: ResourceState, outputs: PropertyMap): Promise<void> {
    const changed = !equal(state.outputs, outputs);
    state.outputs = outputs;
    const step = this.unfinished.get(state.urn);
    if (step !== undefined) this.run.events.emit("outputsRegistered", step);
    if (changed) await this.run.checkpoint.save();
  }
}
