/** A whole cycle, step by step, on the real development server: the rehearsal's own stage, driver and stand-ins. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { createDriver, type Driver, type Fact } from '../../cli/rehearsal/driver.js'
import { startOf } from '../../cli/rehearsal/script.js'
import { setStage, type Stage, type StageOptions } from '../../cli/rehearsal/stage.js'
import { createStandIns, type StandIns } from '../../cli/rehearsal/stand-ins.js'
import type { Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { calendarOf } from '../../persistence/calendar-file.js'
import type { DatabaseOptions } from '../../persistence/database.js'
import { readPlan } from '../../persistence/plan-files.js'
import { startDevServer } from '../../worker/dev-server.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import type { LargeVillage } from './large-village.js'
import { freePort } from './postgres.js'

export interface SteppedServer {
  readonly address: string
  readonly client: Client
  readonly nativeConnection: NativeConnection
  close(): Promise<void>
}

let hasRuntime = false

/** Before anything else of the SDK. One per cycle: files of the same bytes have the same run, whatever the program. */
export async function startSteppedServer(
  executable: string,
  settings: Readonly<Record<string, number>> = {},
): Promise<SteppedServer> {
  if (!hasRuntime) installRuntime({ level: 'error' })
  hasRuntime = true
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-stepped-'))
  const server = await startDevServer({ executable, folder, port: await freePort(), settings })
  const connection = await Connection.connect({ address: server.address })
  const nativeConnection = await NativeConnection.connect({ address: server.address })
  return {
    address: server.address,
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
  readonly terms: PlanTerms
  readonly stage: Stage
  readonly driver: Driver
  /** What the stand-ins could not do. */
  readonly notes: readonly string[]
  close(): Promise<void>
}

export interface SteppedCycleOptions extends Pick<StageOptions, 'workers' | 'answersOfUtility'> {
  /** In memory when left out. */
  readonly ledger?: DatabaseOptions
  /** Told whenever program time moves, before anything happens at that time. */
  readonly onTime?: (at: Instant) => void
  /** What else happens in its time. */
  readonly facts?: readonly Fact[]
}

/** Everything stands and nothing has begun. */
export async function setUpSteppedCycle(
  server: Pick<SteppedServer, 'client' | 'nativeConnection'>,
  village: LargeVillage,
  options: SteppedCycleOptions = {},
): Promise<SteppedCycle & { readonly people: StandIns }> {
  const { script, lists } = village
  const { ledger = { kind: 'memory' }, workers, answersOfUtility, onTime = () => {} } = options
  const plan = readPlan('mahomet')
  const terms = script.calendar === undefined ? plan : { ...plan, calendar: calendarOf('the script', script.calendar) }
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-cycle-'))
  const startsAt = startOf(script, terms)
  const programId = `${terms.id}-${village.accounts}`
  onTime(startsAt)
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
    ...(answersOfUtility === undefined ? {} : { answersOfUtility }),
  })
  const setNow = (at: Instant): void => {
    stage.setNow(at)
    onTime(at)
  }
  const people: StandIns = createStandIns(stage, () => driver, programId, script, terms)
  const driver: Driver = createDriver({ ...stage, setNow }, startsAt, folder, (_, name, content) =>
    people.readMailHouse(name, content),
  )
  return {
    programId,
    terms,
    stage,
    driver,
    people,
    notes: people.notes,
    async close() {
      await stage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs until nothing is due any more. */
export async function runSteppedCycle(
  server: Pick<SteppedServer, 'client' | 'nativeConnection'>,
  village: LargeVillage,
  options: SteppedCycleOptions = {},
): Promise<SteppedCycle> {
  const { people, ...cycle } = await setUpSteppedCycle(server, village, options)
  try {
    const stopped = await people.openCycle(village.boundary, village.lists)
    if (stopped !== null) throw new Error(`the cycle stopped: ${stopped.message}`)
    await people.queueFacts()
    for (const fact of options.facts ?? []) cycle.driver.add(fact)
    await cycle.driver.run()
    return cycle
  } catch (error) {
    await cycle.close()
    throw error
  }
}
