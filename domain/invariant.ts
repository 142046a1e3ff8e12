/** A bug, never caught: something the program itself promised does not hold. */
class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

export function invariant(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new InvariantError(promise)
}

/** Closes a `switch` over a union: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new InvariantError(`unknown case ${JSON.stringify(value)}`)
}
