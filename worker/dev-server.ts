/**
 * The Temporal development server of the embedded stack: a child process with its state in one SQLite file.
 *
 * It runs in a process group of its own, so that Ctrl-C reaches us and we stop it in order. When we are killed it
 * stays behind; the next start finds it by its recorded pid and adopts it, or ends it when it does not answer.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Connection } from '@temporalio/client'
import { commandLineOf, processIdentity } from '../persistence/process-identity.js'
import { refuseTakenPort } from './free-port.js'

export interface DevServerOptions {
  /** Path from `temporalCli()`. */
  readonly executable: string
  /** Holds the database file, the pid file and the log. */
  readonly folder: string
  readonly port: number
  /** Of the web pages; none are served when left out. */
  readonly uiPort?: number
  /** Registered at the start: name to `Keyword`, `Datetime`, … */
  readonly searchAttributes?: Readonly<Record<string, string>>
  /** Of the server's own settings, by their names: limits that a drill lowers. */
  readonly settings?: Readonly<Record<string, number>>
}

export interface DevServer {
  readonly address: string
  readonly uiUrl: string | undefined
  readonly pid: number
  /** True when it was left behind by an earlier run and still answered. */
  readonly adopted: boolean
  /** False once the process is gone, however it ended. */
  isRunning(): boolean
  /** Ends it in order; its state stays in the file. */
  close(): Promise<void>
}

/** What the pid file says; enough to tell our server from any other process with that number. */
interface PidRecord {
  readonly pid: number
  readonly identity: string
  readonly port: number
  readonly uiPort: number | null
}

/** Measured 2 to 5 s on a busy machine; a database file of years takes longer to open. */
const START_LIMIT_MS = 60_000
/** An orphan that is alive answers in milliseconds; a frozen one never does. */
const ADOPT_LIMIT_MS = 3_000
const STOP_LIMIT_MS = 5_000
const LOG_LINES_TOLD = 1

/** @throws PortTaken; Error with the server's own last words when it does not come up. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const folder = resolve(options.folder)
  mkdirSync(folder, { recursive: true })
  const pidFile = join(folder, 'temporal.pid')
  const databaseFile = join(folder, 'temporal.db')

  const orphan = readOrphan(pidFile, databaseFile)
  if (orphan !== undefined) {
    const isWanted = orphan.port === options.port && orphan.uiPort === (options.uiPort ?? null)
    if (isWanted && (await answers(addressOf(orphan.port), ADOPT_LIMIT_MS))) return handle(orphan, pidFile, true)
    await end(orphan)
  }
  // the threads of a killed process let its ports go a moment after it is gone
  const patienceMs = orphan === undefined ? 0 : STOP_LIMIT_MS
  for (const port of [options.port, options.uiPort]) if (port !== undefined) await refuseTakenPort(port, patienceMs)

  const logFile = join(folder, 'temporal.log')
  const child = launch(options, databaseFile, logFile)
  const record = await recordOf(child, options)
  writeFileSync(`${pidFile}.new`, JSON.stringify(record))
  renameSync(`${pidFile}.new`, pidFile)
  if (!(await answers(addressOf(options.port), START_LIMIT_MS, () => isRunning(record)))) {
    await end(record)
    rmSync(pidFile, { force: true })
    throw new Error(
      `The Temporal development server did not come up on port ${options.port}; the end of ${logFile}: ` +
        lastLines(logFile, LOG_LINES_TOLD),
    )
  }
  return handle(record, pidFile, false)
}

function launch(options: DevServerOptions, databaseFile: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a')
  try {
    return spawn(
      options.executable,
      [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port), '--log-level', 'warn'],
        ...['--db-filename', databaseFile],
        ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
        ...Object.entries(options.searchAttributes ?? {}).flatMap(([name, type]) => [
          '--search-attribute',
          `${name}=${type}`,
        ]),
        ...Object.entries(options.settings ?? {}).flatMap(([name, value]) => [
          '--dynamic-config-value',
          `${name}=${value}`,
        ]),
      ],
      { detached: true, stdio: ['ignore', log, log] },
    )
  } finally {
    closeSync(log)
  }
}

async function recordOf(child: ChildProcess, options: DevServerOptions): Promise<PidRecord> {
  await new Promise<void>((launched, failed) => {
    child.once('spawn', launched)
    child.once('error', (error) =>
      failed(new Error(`The Temporal command ${options.executable} could not be started: ${error.message}`)),
    )
  })
  // our own exit must not wait for it; close() ends it in order
  child.unref()
  const pid = child.pid ?? 0
  return { pid, identity: processIdentity(pid) ?? '', port: options.port, uiPort: options.uiPort ?? null }
}

/** The server an earlier run left behind, if it still runs: same process and same database file, not just the number. */
function readOrphan(pidFile: string, databaseFile: string): PidRecord | undefined {
  let record: PidRecord
  try {
    record = JSON.parse(readFileSync(pidFile, 'utf8'))
  } catch {
    return undefined
  }
  return isRunning(record) && commandLineOf(record.pid)?.includes(databaseFile) ? record : undefined
}

function isRunning(record: PidRecord): boolean {
  const identity = processIdentity(record.pid)
  return identity !== undefined && identity === record.identity
}

function handle(record: PidRecord, pidFile: string, adopted: boolean): DevServer {
  return {
    address: addressOf(record.port),
    uiUrl: record.uiPort === null ? undefined : `http://127.0.0.1:${record.uiPort}`,
    pid: record.pid,
    adopted,
    isRunning: () => isRunning(record),
    async close() {
      await end(record)
      rmSync(pidFile, { force: true })
    },
  }
}

function addressOf(port: number): string {
  return `127.0.0.1:${port}`
}

/** Asks politely, then not: a frozen process takes no notice of the first. */
async function end(record: PidRecord): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(record)) return
    process.kill(record.pid, signal)
    await until(() => !isRunning(record), STOP_LIMIT_MS)
  }
}

/** True once the server knows its default namespace; false when the time is up or `isWorthWaiting` says no. */
async function answers(address: string, limitMs: number, isWorthWaiting = () => true): Promise<boolean> {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline && isWorthWaiting()) {
    const connection = Connection.lazy({ address })
    try {
      const left = Math.max(1, Math.min(1_000, deadline - performance.now()))
      await connection.withDeadline(Date.now() + left, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      )
      return true
    } catch {
      await pause()
    } finally {
      await connection.close()
    }
  }
  return false
}

async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!condition() && performance.now() < deadline) await pause()
}

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 50))
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-count).join(' | ')
  } catch {
    return '(nothing)'
  }
}
