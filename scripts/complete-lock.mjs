// Adds to package-lock.json the platform packages that an install on this machine left out.
//
// A package like a linter's binary exists once per platform, each optional. Where the registry in use does not offer
// one of them, npm leaves it out of the lock file, and then `npm ci` refuses that lock file. A stub with version
// and platform satisfies it; the package is fetched only on the platform it is for.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const lock = JSON.parse(readFileSync(path, 'utf8'))

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32']
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el']

/** What the name says: `core-linux-arm64-musl` is for Linux on ARM with musl. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-')
  const os = SYSTEMS.filter((system) => words.includes(system))
  const cpu = PROCESSORS.filter((processor) => words.includes(processor))
  if (os.length === 0 || cpu.length === 0) return undefined
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined
  return { os, cpu, ...(libc === undefined ? {} : { libc }) }
}

const missing = []
const added = []
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (
      Object.keys(lock.packages).some(
        (place) => place === `node_modules/${name}` || place.endsWith(`/node_modules/${name}`),
      )
    )
      continue
    const platform = platformOf(name)
    if (platform === undefined || !/^\d/.test(version)) {
      missing.push(`${name}@${version}`)
      continue
    }
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platform,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    }
    added.push(`${name}@${version}`)
  }
}

if (process.argv.includes('--check')) {
  process.stdout.write(`${[...added, ...missing].join('\n')}\n`)
} else {
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`)
  process.stderr.write(`added ${added.length} platform packages to package-lock.json\n`)
  if (missing.length > 0) process.stderr.write(`left out, for want of a platform in the name: ${missing.join(', ')}\n`)
}
