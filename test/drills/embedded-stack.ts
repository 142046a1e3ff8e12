/**
 * The embedded stack as a child process, spoken to over HTTP by people who ask again, with the same id, until they are answered.
 *
 * Whenever it is gone it is started again on the same folder, as a person would with `npm run up`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessFile, type Access } from '../../cli/embedded/access.js'
import type { Instant } from '../../domain/instant.js'
import { processIdentity } from '../../persistence/process-identity.js'
import { projectRoot } from '../../persistence/project-root.js'
import type { LargeVillage } from '../support/large-village.js'
import { freePort } from '../support/postgres.js'
import { bundleWithShortTimeouts } from './impatient-bundle.js'

export interface EmbeddedStack {
  readonly folder: string
  /** How often the process was gone and was started again. */
  readonly restarts: number
  /** Points at which the next processes end themselves, one after the other; those that were not reached yet. */
  readonly waiting: readonly string[]
  dieAt(points: readonly string[]): Promise<void>
  /** Until there is an answer, through any number of restarts. @throws Refused when the program says no */
  ask<T>(verb: string, input: unknown, options?: AskOptions): Promise<T>
  kill(what: 'up' | 'the workflow server' | 'both'): Promise<void>
  /** Stops it in order; the folder stays. */
  stop(): Promise<void>
  remove(): Promise<void>
}

export interface AskOptions {
  /** Left out: the local operator's. */
  readonly token?: string
  readonly programId?: string
}

interface PidRecord {
  readonly pid: number
  readonly identity: string
}

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const PATIENCE_MS = 180_000
const PAUSE_MS = 100
const LOG_LINES = 15
/** The workflow server, or the worker behind it, is not there yet: asked again as its sentence says. */
const ASKED_AGAIN = [503, 504]

export async function startEmbeddedStack(
  executable: string,
  startsAt: Instant,
  village: LargeVillage,
): Promise<EmbeddedStack> {
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-embedded-'))
  const logFile = join(folder, 'up.log')
  const ports = { port: await freePort(), temporalPort: await freePort(), uiPort: await freePort() }
  // program time begins where the drill wants it
  writeFileSync(join(folder, 'clock.json'), JSON.stringify(startsAt))
  const lists = join(folder, 'lists')
  mkdirSync(lists)
  for (const list of village.lists) writeFileSync(join(lists, list.name), list.content)
  const bundle = join(folder, 'workflows.js')
  writeFileSync(bundle, await bundleWithShortTimeouts())
  const options = {
    rehearsal: true,
    data: folder,
    port: String(ports.port),
    temporalPort: String(ports.temporalPort),
    uiPort: String(ports.uiPort),
  }
  let child: ChildProcess | null = null
  let gone: Promise<unknown> = Promise.resolve()
  let restarts = -1
  let waiting: readonly string[] = []
  let asked = 0
  let isDown = true

  function launch(): void {
    const point = waiting[0]
    const log = openSync(logFile, 'a')
    const launched = spawn(process.execPath, [join(projectRoot, 'test', 'drills', 'drill-up.mjs')], {
      cwd: projectRoot,
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        TEMPORAL_CLI: executable,
        METERHALL_LETTERS: 'blank',
        DRILL_UP: JSON.stringify(options),
        DRILL_LISTS: lists,
        DRILL_BUNDLE: bundle,
        ...(point === undefined ? {} : { METERHALL_FAULT_POINT: point }),
      },
    })
    closeSync(log)
    child = launched
    restarts += 1
    gone = new Promise((resolve) =>
      launched.once('exit', (_code, signal) => {
        if (child === launched) child = null
        if (signal === 'SIGKILL' && point !== undefined && waiting[0] === point && !isDown) waiting = waiting.slice(1)
        resolve(undefined)
      }),
    )
  }

  async function healthy(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${ports.port}/healthz`, { signal: AbortSignal.timeout(2_000) })
      return response.ok
    } catch {
      return false
    }
  }

  /** It may end itself while it starts: then it is started again. */
  async function running(until: number): Promise<void> {
    isDown = false
    for (;;) {
      if (child === null) launch()
      if (existsSync(accessFile(folder)) && (await healthy())) return
      if (performance.now() > until) throw new Error(`the stack does not come up: ${lastWords()}`)
      await pause()
    }
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    isDown = true
    child?.kill(signal)
    await gone
  }

  /** Null while there is none: one that was killed counts as none, collected or not; one killed while it started is forgotten. */
  function workflowServer(): number | null {
    try {
      const record = JSON.parse(readFileSync(join(folder, 'temporal', 'temporal.pid'), 'utf8')) as PidRecord
      return processIdentity(record.pid) === record.identity ? record.pid : null
    } catch {
      return null
    }
  }

  function lastWords(): string {
    return readFileSync(logFile, 'utf8').trim().split('\n').slice(-LOG_LINES).join('\n')
  }

  const stack: EmbeddedStack = {
    folder,
    get restarts() {
      return restarts
    },
    get waiting() {
      return waiting
    },
    async dieAt(points) {
      await end('SIGKILL')
      waiting = points
      await running(performance.now() + PATIENCE_MS)
    },
    async ask<T>(verb: string, input: unknown, { token, programId }: AskOptions = {}): Promise<T> {
      const verbId = `drill-${String(++asked).padStart(6, '0')}`
      const body = JSON.stringify({ verbId, ...(programId === undefined ? {} : { programId }), input })
      const until = performance.now() + PATIENCE_MS
      for (;;) {
        await running(until)
        const access = JSON.parse(readFileSync(accessFile(folder), 'utf8')) as Access
        let response: Response
        let answer: { value?: T; error?: { code: string; message: string } }
        try {
          response = await fetch(`${access.url}/verbs/${verb}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? access.token}` },
            body,
          })
          answer = (await response.json()) as typeof answer
        } catch {
          await pause()
          continue
        }
        if (response.ok) return answer.value as T
        if (!ASKED_AGAIN.includes(response.status))
          throw new Refused(answer.error?.code ?? String(response.status), `${verb}: ${answer.error?.message}`)
        if (performance.now() > until)
          throw new Error(`${verb} is never answered: ${answer.error?.message}\n${lastWords()}`)
        await pause()
      }
    },
    async kill(what) {
      // what is just being started again is waited for: a kill counts when it hits something
      for (;;) {
        await running(performance.now() + PATIENCE_MS)
        const server = what === 'up' ? null : workflowServer()
        if (what !== 'up' && server === null) {
          await pause()
          continue
        }
        if (server !== null) process.kill(server, 'SIGKILL')
        if (what !== 'the workflow server') await end('SIGKILL')
        return
      }
    },
    stop: () => end('SIGTERM'),
    async remove() {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await running(performance.now() + PATIENCE_MS)
  return stack
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
}
