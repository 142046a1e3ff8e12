import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../persistence/project-root.js'
import { payloadKeyRing } from '../../worker/payload-codec.js'

interface Service {
  readonly image?: string
  readonly secrets?: readonly string[]
  readonly networks?: readonly string[]
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: unknown
}

const text = (path: string) => readFileSync(join(projectRoot, path), 'utf8')
const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  'x-meterhall': Service
  services: Record<string, Service>
  networks: object
  volumes: object
  secrets: Record<string, { file: string }>
}
const services = Object.entries(compose.services)

/** A container that ends when its work is done. */
const ONE_SHOT = ['temporal-schema', 'temporal-namespace']

describe('the production layout in docker-compose.yml', () => {
  test('has every part of the architecture', () => {
    const parts = ['postgres', 'temporal', 'temporal-ui', 'mailpit', 'worker', 'web']
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(parts))
  })

  test('names only secrets, networks, volumes, files and services that exist', () => {
    const wrong = services.flatMap(([name, service]) => [
      ...(service.secrets ?? []).filter((secret) => !(secret in compose.secrets)),
      ...(service.networks ?? []).filter((network) => !(network in compose.networks)),
      ...Object.keys(service.depends_on ?? {}).filter((other) => !(other in compose.services)),
      ...(service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((from) => (from.startsWith('.') ? !existsSync(join(projectRoot, from)) : !(from in compose.volumes)))
        .map((from) => `${name}: ${from}`),
    ])
    expect(wrong).toEqual([])
  })

  test('waits only for health that the other service reports, or for the end of one that ends', () => {
    const wrong = services.flatMap(([name, service]) =>
      Object.entries(service.depends_on ?? {})
        .filter(([other, { condition }]) =>
          condition === 'service_completed_successfully'
            ? !ONE_SHOT.includes(other)
            : compose.services[other]?.healthcheck === undefined,
        )
        .map(([other]) => `${name} waits for ${other}`),
    )
    expect(wrong).toEqual([])
  })

  test('holds no password: whatever is called one comes from a file', () => {
    const wrong = services.flatMap(([name, service]) =>
      Object.keys(service.environment ?? {})
        .filter((key) => /PASSWORD|PWD|SECRET|KEYS|DATABASE_URL/.test(key) && !key.endsWith('_FILE'))
        .map((key) => `${name}: ${key}`),
    )
    expect(wrong).toEqual([])
  })

  test('publishes ports on this machine only, and never a database or Temporal', () => {
    const published = services.flatMap(([name, service]) => (service.ports ?? []).map((port) => ({ name, port })))
    expect(published.filter(({ port }) => !port.startsWith('127.0.0.1:'))).toEqual([])
    expect(published.filter(({ name }) => name === 'postgres' || name === 'temporal')).toEqual([])
  })

  test('lets the web process be reached from outside its container, and keeps the variables of both processes', () => {
    const { HOST, ...others } = compose.services['web']?.environment ?? {}
    expect(HOST).toBe('0.0.0.0')
    expect(others).toEqual(compose['x-meterhall'].environment)
  })

  test('pins every image of others to a version', () => {
    const loose = services.filter(([, { image }]) => image === undefined || !/:v?\d+(\.\d+)*/.test(image))
    expect(loose.map(([name]) => name)).toEqual([])
  })
})

describe('the variables of an installation', () => {
  const example = [...text('deploy/installation.example').matchAll(/^#? ?([A-Z][A-Z_0-9]+)=/gm)].map(
    (match) => match[1] ?? '',
  )
  const read = text('worker/installation.ts')
  /** Those of a file server are read by a prefix and a suffix. */
  const isRead = (name: string) => {
    const [, prefix, suffix] = /^((?:UTILITY|PRINT)_SFTP)(_.*)$/.exec(name) ?? []
    return prefix === undefined
      ? read.includes(`'${name}'`)
      : read.includes(`'${prefix}'`) && read.includes(`}${suffix}`)
  }

  test('are all read by the worker, and page and example name the same ones', () => {
    expect(example.length).toBeGreaterThan(10)
    expect(example.filter((name) => !isRead(name))).toEqual([])
    const page = text('docs/production.md')
    const prefixes = [...page.matchAll(/`([A-Z][A-Z_]+)_\*`/g)].map((match) => `${match[1]}_`)
    const isNamed = (name: string) => page.includes(`\`${name}\``) || prefixes.some((prefix) => name.startsWith(prefix))
    expect(example.filter((name) => !isNamed(name))).toEqual([])
  })
})

describe('the image', () => {
  const copied = [...text('Dockerfile').matchAll(/^COPY (\S+) \S+$/gm)].map((match) => match[1])

  test('gets every folder of the layout, and the list of what may be sent to the build names them too', () => {
    const allowed = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const folders = [
      'domain',
      'plans',
      'edi',
      'workflows',
      'persistence',
      'activities',
      'client',
      'simulators',
      'worker',
      'web',
      'cli',
    ]
    for (const folder of folders) {
      expect(copied).toContain(folder)
      expect(allowed).toContain(folder)
    }
  })
})

describe('deploy/make-secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-secrets-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = () => execFileSync(join(folder, 'deploy', 'make-secrets')).toString()
  const made = (name: string) => readFileSync(join(folder, 'secrets', name), 'utf8')

  test('makes every secret of docker-compose.yml, each different, and keeps them the next time', () => {
    cpSync(join(projectRoot, 'deploy'), join(folder, 'deploy'), { recursive: true })
    run()
    const names = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''))
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(names.sort())
    const before = names.map(made)
    expect(new Set(before).size).toBe(names.length)
    expect(run()).not.toContain('made')
    expect(names.map(made)).toEqual(before)
  })

  test('writes what the program can read: a URL with the password of the ledger, and a ring of keys', () => {
    expect(new URL(made('database-url')).password).toBe(made('ledger-password'))
    expect(payloadKeyRing(made('payload-keys')).active.secret).toHaveLength(32)
  })
})
