/** Work by the processor's clock: on a machine that others use too it is steadier than the wall's. */
import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'

/** @unit seconds of all threads of this process so far */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * Repeats work, after one pass that does not count, until it took long enough to be measured.
 * @param units what one pass gets done
 * @returns units per second of processor time
 */
export async function perProcessorSecond(units: number, leastSeconds: number, work: () => unknown): Promise<number> {
  await work()
  const started = processorSeconds()
  for (let passes = 1; ; passes++) {
    await work()
    const taken = processorSeconds() - started
    if (taken >= leastSeconds) return (units * passes) / taken
  }
}

/** @unit megabytes: the most that this process ever held */
export function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024
}

/** What Linux counts processor time in. @unit 1/s */
const TICKS = 100

/**
 * Of processes with all that they started, ended ones too. Linux only.
 * @unit seconds
 */
export function processorSecondsOf(roots: readonly number[]): number {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []))
  const within = new Set(roots)
  // a child may have a lower number than its parent
  for (let known = 0; known < within.size; ) {
    known = within.size
    for (const { pid, parent } of all) if (within.has(parent)) within.add(pid)
  }
  return all.reduce((sum, { pid, ticks }) => (within.has(pid) ? sum + ticks : sum), 0) / TICKS
}

/** Ticks of the process itself and of its children that have ended. */
function statOf(pid: number): { readonly pid: number; readonly parent: number; readonly ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name may hold anything; state and parent follow its last parenthesis
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] as number), 0)
    return { pid, parent: fields[1] as number, ticks }
  } catch {
    return undefined
  }
}

/** The server that a client is connected to: a process of this machine. */
export async function serverProcess(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const fields = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8')
  return Number(fields.slice(fields.lastIndexOf(')') + 2).split(' ')[1])
}
