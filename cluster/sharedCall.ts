/**
 * A call that many ask for at the same time. Those who ask while one is under way get the next one, together: each has an answer that
 * was begun after it asked, and a thousand who ask at once make two calls.
 *
 * @example const list = sharedCall(() => core.listNode());
 */
export function sharedCall<Answer>(call: () => Promise<Answer>): () => Promise<Answer> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<Answer> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const answer = call();
      running = answer.then(
        () => undefined,
        () => undefined,
      );
      return answer;
    });
    return next;
  };
}
