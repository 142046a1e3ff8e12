/**
 * A Temporal server whose one clock jumps over the time in which nothing runs: for rehearsals and workflow tests.
 * What the clock does while work runs was measured: docs/adr/0002-time-skipping.md.
 */
import { Client, type Connection, type DataConverter } from '@temporalio/client'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import type { NativeConnection } from '@temporalio/worker'
import { compareInstants, type Instant, instantFromMillis, millisOf } from '../domain/instant.js'

export interface TimeSkippingServer {
  readonly address: string
  readonly connection: Connection
  /** For workers. */
  readonly nativeConnection: NativeConnection
  /** A plain client: awaiting a result does not move the clock. */
  readonly client: Client
  /** The server's clock. It also runs by itself, second for second. */
  now(): Promise<Instant>
  /**
   * Lets everything due up to the moment happen, each thing at its own time, and waits until it is done (`settle`).
   * A moment in the past moves nothing and only settles. Work of a run that waits for a worker holds the clock.
   */
  advanceTo(at: Instant): Promise<void>
  /** Waits until no run has anything to do. The clock moves on by about a second. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface TimeSkippingOptions {
  readonly dataConverter?: DataConverter
}

/** @param executable path from `temporalTestServer()` */
export async function startTimeSkippingServer(
  executable: string,
  options: TimeSkippingOptions = {},
): Promise<TimeSkippingServer> {
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: executable } },
  })
  const now = async () => instantFromMillis(Number(await environment.currentTimeMs()))
  const settle = () => untilIdle(() => environment.sleep(PROBE_MS))
  return {
    address: environment.address,
    connection: environment.connection,
    nativeConnection: environment.nativeConnection,
    client: new Client({ connection: environment.connection, ...options }),
    now,
    async advanceTo(at) {
      const from = await now()
      if (compareInstants(at, from) > 0) await environment.sleep(millisOf(at) - millisOf(from))
      await settle()
    },
    settle,
    close: () => environment.teardown(),
  }
}

/** Far longer than an idle server's answer (about 5 ms), so that the two cannot be mistaken on a busy machine. */
const PROBE_MS = 500

/**
 * A short sleep that comes back at once proves that nothing held the clock. It may itself have reached a timer at
 * its end, so that a second one has to say the same.
 */
async function untilIdle(probe: () => Promise<void>): Promise<void> {
  for (let idle = 0; idle < 2; ) {
    const started = performance.now()
    await probe()
    idle = performance.now() - started < PROBE_MS / 2 ? idle + 1 : 0
  }
}
