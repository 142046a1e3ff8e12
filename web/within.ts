/** Undefined when it takes longer; the work itself goes on. Rejects when it fails in time. */
export async function within<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), limitMs)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
