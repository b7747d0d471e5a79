/**
 * A change that failed and may have been done in part. The engine records `properties` all the same: the next `up` changes the
 * resource again whatever its inputs are, and `destroy` removes it.
 *
 * The properties have to hold the inputs with the engine's own key `__provider`, as a spread of them does. The names `id`,
 * `properties` and `reasons` are those that Pulumi's dynamic provider server looks for (cmd/dynamic-provider of the Node.js SDK).
 */
export class PartialFailure<Properties extends object> extends Error {
  readonly reasons: string[];
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
  ) {
    super(message);
    this.name = "PartialFailure";
    this.reasons = [message];
  }
}
