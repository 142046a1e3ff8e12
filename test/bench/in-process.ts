/** Each run of a contestant has a process of its own: no run is warmed up or burdened by another one. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Findings } from './contest.js'

/** Longer than any run takes; what hangs is ended. */
const LIMIT_MS = 600_000

/**
 * Runs `measure(settings)` of a module in a new process.
 * @param module URL of the module
 */
export async function inProcess(module: URL, settings: unknown): Promise<Findings> {
  const entry = fileURLToPath(new URL('./contestant.js', import.meta.url))
  return findingsOf(process.execPath, [entry, fileURLToPath(module), JSON.stringify(settings)])
}

/** Runs a command whose last line on standard output is its findings as JSON. */
export async function findingsOf(command: string, parameters: readonly string[]): Promise<Findings> {
  const { output, said, code } = await finished(command, parameters)
  if (said) process.stderr.write(said)
  const last = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0) throw new Error(`ended with code ${code}: ${said.trim().split('\n').slice(-5).join(' | ')}`)
  return JSON.parse(last) as Findings
}

/** Standard output, standard error and the exit code of a command. */
export function finished(
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly output: string; readonly said: string; readonly code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, timeout: LIMIT_MS })
    const output: Buffer[] = []
    const said: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ output: Buffer.concat(output).toString(), said: Buffer.concat(said).toString(), code }),
    )
  })
}
