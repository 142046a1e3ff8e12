/** The worker as a process of its own that kills itself at named points, and is started again each time. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../persistence/project-root.js'

export interface Kill {
  readonly point: string
  /** @unit ms; from the death to the new process, for the record */
  readonly at: number
}

export interface DrillWorker {
  readonly logFile: string
  readonly kills: readonly Kill[]
  /** Points that wait to be reached. */
  readonly waiting: readonly string[]
  /** Throws when the process ended in a way that nobody asked for. */
  check(): void
  /** The next processes end at these points, one after the other; begins with a new process. */
  dieAt(points: readonly string[]): Promise<void>
  /** At once, from outside. */
  kill(): Promise<void>
  start(): void
  stop(): Promise<void>
}

const LOG_LINES = 12

export function startDrillWorker(environment: Readonly<Record<string, string>>, logFile: string): DrillWorker {
  const kills: Kill[] = []
  let waiting: readonly string[] = []
  let child: ChildProcess | null = null
  let failure: string | null = null
  let expected = false

  function start(): void {
    const point = waiting[0]
    const log = openSync(logFile, 'a')
    const process_ = spawn(process.execPath, [join(projectRoot, 'test', 'drills', 'drill-worker.mjs')], {
      env: {
        ...process.env,
        ...environment,
        HEALTH_PORT: '0',
        ...(point === undefined ? {} : { METERHALL_FAULT_POINT: point }),
      },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child = process_
    expected = false
    process_.once('exit', (code, signal) => {
      if (child === process_) child = null
      if (expected) return
      if (signal !== 'SIGKILL' || point === undefined) {
        failure = `the worker ended by itself (${signal ?? code}): ${lastWords(logFile)}`
        return
      }
      kills.push({ point, at: performance.now() })
      waiting = waiting.slice(1)
      start()
    })
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child
    if (running === null) return
    expected = true
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await gone
    child = null
  }

  start()
  return {
    logFile,
    kills,
    get waiting() {
      return waiting
    },
    check() {
      if (failure !== null) throw new Error(failure)
    },
    async dieAt(points) {
      await end('SIGKILL')
      waiting = points
      start()
    },
    kill: () => end('SIGKILL'),
    start,
    stop: () => end('SIGTERM'),
  }
}

function lastWords(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-LOG_LINES).join('\n')
}
