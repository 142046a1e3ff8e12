/** A whole cycle, step by step, on the real development server: the rehearsal's own stage, driver and stand-ins. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { createDriver, type Driver, type Fact } from '../../cli/rehearsal/driver.js'
import { startOf } from '../../cli/rehearsal/script.js'
import { setStage, type Stage, type StageOptions } from '../../cli/rehearsal/stage.js'
import { createStandIns } from '../../cli/rehearsal/stand-ins.js'
import { calendarOf } from '../../persistence/calendar-file.js'
import type { DatabaseOptions } from '../../persistence/database.js'
import { readPlan } from '../../persistence/plan-files.js'
import { startDevServer } from '../../worker/dev-server.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import type { LargeVillage } from './large-village.js'
import { freePort } from './postgres.js'

export interface SteppedServer {
  readonly client: Client
  readonly nativeConnection: NativeConnection
  close(): Promise<void>
}

/** Once per process, before anything else of the SDK. */
export async function startSteppedServer(executable: string): Promise<SteppedServer> {
  installRuntime({ level: 'error' })
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-stepped-'))
  const server = await startDevServer({ executable, folder, port: await freePort() })
  const connection = await Connection.connect({ address: server.address })
  const nativeConnection = await NativeConnection.connect({ address: server.address })
  return {
    client: new Client({ connection }),
    nativeConnection,
    async close() {
      await connection.close()
      await nativeConnection.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface SteppedCycle {
  readonly programId: string
  readonly stage: Stage
  readonly driver: Driver
  /** What the stand-ins could not do. */
  readonly notes: readonly string[]
  close(): Promise<void>
}

export interface SteppedCycleOptions extends Pick<StageOptions, 'workers'> {
  /** In memory when left out. */
  readonly ledger?: DatabaseOptions
  /** What else happens in its time. */
  readonly facts?: readonly Fact[]
}

/** Runs until nothing is due any more. */
export async function runSteppedCycle(
  server: SteppedServer,
  village: LargeVillage,
  options: SteppedCycleOptions = {},
): Promise<SteppedCycle> {
  const { script, lists, boundary } = village
  const { ledger = { kind: 'memory' }, workers, facts = [] } = options
  const plan = readPlan('mahomet')
  const terms = script.calendar === undefined ? plan : { ...plan, calendar: calendarOf('the script', script.calendar) }
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-cycle-'))
  const startsAt = startOf(script, terms)
  const programId = `${terms.id}-${village.accounts}`
  const stage = await setStage({
    terms,
    script,
    lists,
    startsAt,
    folder,
    workflowServer: server,
    letterStyle: 'blank',
    ledger,
    ...(workers === undefined ? {} : { workers }),
  })
  const close = async (): Promise<void> => {
    await stage.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    let driver: Driver | undefined
    const standIns = createStandIns(stage, () => driver as Driver, programId, script, terms)
    driver = createDriver(stage, programId, startsAt, folder, (_, name, content) =>
      standIns.readMailHouse(name, content),
    )
    const stopped = await standIns.openCycle(boundary, lists)
    if (stopped !== null) throw new Error(`the cycle stopped: ${stopped.message}`)
    await standIns.queueFacts()
    for (const fact of facts) driver.add(fact)
    await driver.run()
    return { programId, stage, driver, notes: standIns.notes, close }
  } catch (error) {
    await close()
    throw error
  }
}
