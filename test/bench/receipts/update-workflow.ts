/** A run that takes replies as Updates and counts them. */
import { condition, defineUpdate, setHandler } from '@temporalio/workflow'

export const recordReplyUpdate = defineUpdate<number, [account: string]>('recordReply')

export async function replies(expected: number): Promise<number> {
  let recorded = 0
  setHandler(recordReplyUpdate, () => {
    recorded += 1
    return recorded
  })
  await condition(() => recorded === expected)
  return recorded
}
