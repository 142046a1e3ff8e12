import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../persistence/project-root.js'
import { FOLDERS, sourcesOf } from './sources.js'

const MODULE_LIMIT = 300

/** Longer modules, each with the reason why it is not two. */
const LONG_MODULES: Readonly<Record<string, string>> = {
  'persistence/tables.ts': 'a data table: one line per column',
}

/** Public pages that documents and comments may point to. Package hosts are configuration of a machine, not of the project. */
const PUBLIC_HOSTS =
  /^(?:localhost|127\.0\.0\.1|\[::1\]|(?:.+\.)?(?:example|test|invalid|localhost)(?:\.(?:com|net|org))?|(?:.+\.)?w3\.org|schemas\.openxmlformats\.org)$/

const text = (path: string) => readFileSync(join(projectRoot, path), 'utf8')
const tracked = trackedTexts()

/** Files in version control that are text; an archive without it has none to check. */
function trackedTexts(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: projectRoot,
    })
    return listed
      .toString()
      .split('\0')
      .filter((path) => path !== '' && existsSync(join(projectRoot, path)))
      .filter((path) => !/\.(?:png|jpe?g|pdf|xlsx|ttf|otf|woff2?|zip)$/.test(path) && !text(path).includes('\0'))
  } catch {
    return []
  }
}

describe('modules stay small', () => {
  const lengths = new Map(
    FOLDERS.flatMap((folder) => sourcesOf(folder)).map((source) => [
      source.path,
      source.text.trimEnd().split('\n').length,
    ]),
  )

  test(`none is longer than ${MODULE_LIMIT} lines without a listed reason`, () => {
    const long = [...lengths].filter(([path, lines]) => lines > MODULE_LIMIT && !(path in LONG_MODULES))
    expect(long.map(([path, lines]) => `${path} has ${lines} lines`)).toEqual([])
  })

  test('every listed one is still long', () => {
    expect(Object.keys(LONG_MODULES).filter((path) => (lengths.get(path) ?? 0) <= MODULE_LIMIT)).toEqual([])
  })

  test('the median is at most 120 lines', () => {
    const sorted = [...lengths.values()].sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(120)
  })
})

describe('the project tells nothing of the machine it was written on', () => {
  interface Locked {
    readonly resolved?: string
    readonly integrity?: string
    readonly optional?: boolean
    readonly os?: readonly string[]
    readonly optionalDependencies?: Readonly<Record<string, string>>
  }
  const locked = Object.entries(
    (JSON.parse(text('package-lock.json')) as { packages: Record<string, Locked> }).packages,
  )

  test('the lock file pins every package by its hash and names no host to fetch it from', () => {
    const entries = locked.filter(([path]) => path !== '')
    expect(entries.length).toBeGreaterThan(50)
    expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([])
    // the stub of a package for another platform has no hash: see scripts/complete-lock.mjs
    const isStub = (entry: Locked) => entry.optional === true && entry.os !== undefined
    const loose = entries.filter(([, entry]) => entry.integrity === undefined && !isStub(entry))
    expect(loose.map(([path]) => path)).toEqual([])
  })

  test('the lock file has every platform package, or npm ci refuses it: node scripts/complete-lock.mjs', () => {
    const wanted = locked.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}))
    const missing = wanted.filter((name) => !locked.some(([path]) => path.endsWith(`node_modules/${name}`)))
    expect(missing).toEqual([])
  })

  test.skipIf(tracked.length === 0)('no tracked file holds a path of somebody else’s machine', () => {
    const machine = /(?<![\w.)}\]-])\/(?:root|home\/\w+|Users\/\w+|work|farm|opt\/\w+)\/[\w.-]+/
    expect(matches(machine)).toEqual([])
  })

  test.skipIf(tracked.length === 0)('no tracked file names a host on the network, public pages apart', () => {
    const wrong = tracked
      .filter((path) => path !== 'package-lock.json')
      .flatMap((path) =>
        [...text(path).matchAll(/\b(?:https?|ftp|sftp|postgres|smtps?):\/\/(?:[^\s/@'"`<>]*@)?([\w.-]+|\[::1\])/g)]
          .map((match) => match[1] ?? '')
          // a host without a dot is a service of docker-compose.yml or a stand-in of a test
          .filter((host) => host.includes('.') && !PUBLIC_HOSTS.test(host))
          .map((host) => `${path}: ${host}`),
      )
    expect(wrong).toEqual([])
  })

  test.skipIf(tracked.length === 0)('no tracked file names an address of a private network', () => {
    expect(matches(/\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b/)).toEqual([])
  })

  const matches = (pattern: RegExp) =>
    tracked
      .filter((path) => path !== 'package-lock.json')
      .flatMap((path) => {
        const found = pattern.exec(text(path))?.[0]
        return found === undefined ? [] : [`${path}: ${found}`]
      })
})

describe('what CI runs', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }

  test.each(['test', 'lint', 'typecheck', 'build', 'demo'])('npm run %s exists and .ci/run calls it', (name) => {
    expect(scripts[name]).toMatch(/\w/)
    expect(text('.ci/run')).toMatch(new RegExp(`npm (?:run )?${name}\\b`))
  })

  test('lint reads the whole tree, and the pure folders are checked without Node', () => {
    expect(scripts.lint).toBe('biome check .')
    expect(scripts.typecheck).toContain('tsconfig.pure.json')
    const pure = JSON.parse(text('tsconfig.pure.json')) as { include: string[]; compilerOptions: { types: string[] } }
    expect(pure.include).toEqual(['domain', 'edi', 'workflows'])
    expect(pure.compilerOptions.types).toEqual([])
  })
})
