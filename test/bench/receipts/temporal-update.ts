/** One Update of a workflow for each reply, answered when the workflow has taken it. Client and worker share this process. */
import { strict as assert } from 'node:assert'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { Findings } from '../contest.js'
import { processorSecondsOf } from '../processor-time.js'
import type { UpdateSettings } from './contest.js'
import { accountNumber } from './sample-village.js'
import type { replies } from './update-workflow.js'

const TASK_QUEUE = 'bench-replies'

/** As many as ours gets. */
const WARM_UP = 0.5

export async function measure({ address, server, receipts, senders }: UpdateSettings): Promise<Findings> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const native = await NativeConnection.connect({ address })
  const connection = await Connection.connect({ address })
  const client = new Client({ connection })
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./update-workflow.js', import.meta.url)),
  })
  const findings = await worker.runUntil(async () => {
    const warmUp = Math.ceil(receipts * WARM_UP)
    const run = await client.workflow.start<typeof replies>('replies', {
      taskQueue: TASK_QUEUE,
      workflowId: `replies-${process.pid}-${Date.now()}`,
      args: [receipts + warmUp],
    })
    const send = async (from: number, count: number) => {
      let next = from
      await Promise.all(
        Array.from({ length: senders }, async () => {
          while (next < from + count) {
            const n = next++
            await run.executeUpdate<number, [string]>('recordReply', {
              updateId: `receipt-${n}`,
              args: [accountNumber(n)],
            })
          }
        }),
      )
    }
    await send(receipts, warmUp)
    const before = processorSecondsOf([server, process.pid])
    const started = performance.now()
    await send(0, receipts)
    const seconds = (performance.now() - started) / 1000
    const processor = processorSecondsOf([server, process.pid]) - before
    assert.equal(await run.result(), receipts + warmUp)
    return { receipts: receipts / seconds, 'receipts-cpu': receipts / processor }
  })
  await connection.close()
  await native.close()
  return findings
}
