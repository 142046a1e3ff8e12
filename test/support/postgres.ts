/**
 * A PostgreSQL server of the test run's own: Debian's binaries, an account that is not root, a folder under the
 * system's temporary one, gone with the process that started it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

export interface ScratchPostgres {
  readonly port: number
  /** URL of a new database: empty, or a copy of another one that nobody is connected to. */
  createDatabase(copyOf?: string): Promise<string>
  /** As a power cut would: no process of the server says goodbye. */
  kill(): Promise<void>
  /** After `kill`, on the same files and the same port. */
  startAgain(): Promise<void>
  stop(): Promise<void>
}

/** Folder of `initdb` and `postgres`, or why the tests that need a server cannot run here. */
export function findPostgres(): { readonly bin: string } | { readonly missing: string } {
  const bin = binFolder()
  if (bin === undefined) return { missing: 'PostgreSQL is not installed (Debian: apt-get install postgresql)' }
  if (!isRoot()) return { bin }
  try {
    execFileSync('id', ['postgres'], { stdio: 'ignore' })
    execFileSync('runuser', ['--version'], { stdio: 'ignore' })
    return { bin }
  } catch {
    return { missing: 'PostgreSQL does not run as root, and there is no account "postgres" to run it as' }
  }
}

/** @param durable writes reach the disk before they are acknowledged, as in production: for timing, not for tests */
export async function startScratchPostgres(bin: string, { durable = false } = {}): Promise<ScratchPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-postgres-'))
  if (isRoot()) execFileSync('chown', ['postgres', folder])
  else chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  runAs(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'meterhall', '-E', 'UTF8', '--no-sync'])
  const port = await freePort()
  let server = startServer(join(bin, 'postgres'), data, port, durable)
  const url = (database: string) => `postgres://meterhall@127.0.0.1:${port}/${database}`
  const stop = async () => {
    await ended(server)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(url('postgres'))
  } catch (error) {
    await stop()
    throw error
  }
  let made = 0
  return {
    port,
    async createDatabase(copyOf) {
      const name = `scratch_${++made}`
      const template = copyOf === undefined ? '' : ` template ${new URL(copyOf).pathname.slice(1)}`
      await statement(url('postgres'), `create database ${name}${template}`)
      return url(name)
    },
    async kill() {
      const [pid = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      const children = execFileSync('ps', ['-o', 'pid=', '--ppid', pid], { encoding: 'utf8' }).split('\n')
      for (const each of [pid, ...children.filter((line) => line.trim() !== '')]) process.kill(Number(each), 'SIGKILL')
      await ended(server)
    },
    async startAgain() {
      server = startServer(join(bin, 'postgres'), data, port, durable)
      await untilReady(url('postgres'))
    },
    stop,
  }
}

function binFolder(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const releases = existsSync(debian) ? readdirSync(debian) : []
  const newest = releases.sort((a, b) => Number(b) - Number(a))[0]
  const folders = [
    ...(newest === undefined ? [] : [join(debian, newest, 'bin')]),
    ...(process.env.PATH ?? '').split(':'),
  ]
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')))
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function asAccount(command: string, parameters: readonly string[]): [string, string[]] {
  return isRoot() ? ['runuser', ['-u', 'postgres', '--', command, ...parameters]] : [command, [...parameters]]
}

function runAs(command: string, parameters: readonly string[]): void {
  const [file, list] = asAccount(command, parameters)
  execFileSync(file, list, { stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir() })
}

/** The shell waits on our end of its input: when this process is gone, however it ended, the server is stopped. */
const WATCHED = '"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server'

function startServer(postgres: string, data: string, port: number, durable: boolean): ChildProcess {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `fsync=${durable ? 'on' : 'off'}`,
    'max_connections=50',
  ]
  const flags = settings.flatMap((setting) => ['-c', setting])
  const [file, list] = asAccount('sh', ['-c', WATCHED, 'sh', postgres, '-D', data, ...flags])
  return spawn(file, list, { stdio: ['pipe', 'ignore', 'ignore'], cwd: tmpdir() })
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = new Promise((resolve) => server.once('exit', resolve))
  server.stdin?.end()
  await exit
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      await statement(url, 'select 1')
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  // an error event without a listener would end the test process
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A port of this machine that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
