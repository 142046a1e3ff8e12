/** A run that writes down when it woke, for tests of the clock. */
import { proxyActivities, sleep } from '@temporalio/workflow'

const { work } = proxyActivities<{ work(realMs: number): Promise<void> }>({ startToCloseTimeout: '1 minute' })

/** Sleeps until each due moment in turn and then works; returns how late it woke each time. */
export async function wakeAt(dueMs: readonly number[], workMs: number): Promise<number[]> {
  const lateMs: number[] = []
  for (const due of dueMs) {
    await sleep(Math.max(0, due - Date.now()))
    lateMs.push(Date.now() - due)
    await work(workMs)
  }
  return lateMs
}
