/** Many callers, few transactions: what comes while one is under way goes into the next one together. */

interface Waiting<Item, Answer> {
  readonly item: Item
  answered(answer: Answer): void
  failed(error: unknown): void
}

/**
 * Makes a function that takes one item from `work` on several; one call of `work` is under way at a time. Nobody waits for a
 * batch to fill: it holds what has come since the last one began.
 *
 * When a batch fails, each of its items is tried alone, so that it fails only for the one that cannot be done. `work` therefore
 * undoes everything when it fails, and gives its first answer to an item that it has done before.
 *
 * @param most items in one batch
 * @param work gives one answer for each item, in the same order
 */
export function inBatches<Item, Answer>(
  most: number,
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = []
  let isRunning = false

  async function answerAll(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await work(batch.map(({ item }) => item))
      for (const [index, { answered }] of batch.entries()) answered(answers[index] as Answer)
    } catch (error) {
      if (batch.length > 1) await Promise.all(batch.map((one) => answerAll([one])))
      else batch[0]?.failed(error)
    }
  }

  async function run(): Promise<void> {
    isRunning = true
    // those who ask in the same turn of the event loop go together
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) await answerAll(waiting.splice(0, most))
    isRunning = false
  }

  return (item) =>
    new Promise((answered, failed) => {
      waiting.push({ item, answered, failed })
      if (!isRunning) void run()
    })
}
