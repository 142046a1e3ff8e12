import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../persistence/project-root.js'

interface Found {
  readonly place: string
  readonly node: Record<string, unknown>
}

const folder = join(projectRoot, 'plans')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
const values = files.flatMap((name) => valuesIn(name, parse(readFileSync(join(folder, name), 'utf8'))))
const pages = readdirSync(join(projectRoot, 'docs/rulings')).filter((name) => /^R-\d{3}-/.test(name))

/** Every mapping that holds a `value`, and every mapping of an identity that carries its clause itself. */
function valuesIn(place: string, node: unknown): Found[] {
  if (Array.isArray(node)) return node.flatMap((entry, at) => valuesIn(`${place}.${at}`, entry))
  if (typeof node !== 'object' || node === null) return []
  const mapping = node as Record<string, unknown>
  const below = Object.entries(mapping).flatMap(([key, entry]) => valuesIn(`${place}.${key}`, entry))
  return 'value' in mapping ? [{ place, node: mapping }, ...below] : below
}

/** Numbers and times that stand outside a cited value: none may. */
function bareNumbersIn(place: string, node: unknown): string[] {
  if (typeof node === 'number') return [place]
  if (typeof node !== 'object' || node === null || 'value' in node) return []
  return Object.entries(node).flatMap(([key, entry]) => bareNumbersIn(`${place}.${key}`, entry))
}

describe('every value of law, plan or utility', () => {
  test('is found at all', () => {
    expect(files.length).toBeGreaterThanOrEqual(4)
    expect(values.length).toBeGreaterThan(40)
  })

  test.each(values.map(({ place, node }) => [place, node] as const))('%s has a unit and a clause', (_place, node) => {
    expect(node.unit).toMatch(/\S/)
    expect(node.cite).toMatch(/\S.{3,}/)
  })

  test("no number stands without a clause, but the year of a calendar's edition", () => {
    const bare = files.flatMap((name) => bareNumbersIn(name, parse(readFileSync(join(folder, name), 'utf8'))))
    expect(bare.filter((place) => !/^calendars\/[a-z-]+\.yaml\.editions\.\d+\.year$/.test(place))).toEqual([])
  })

  test('every clause that computes nothing says why', () => {
    for (const name of files.filter((file) => !file.startsWith('calendars/'))) {
      const { noComputation } = parse(readFileSync(join(folder, name), 'utf8')) as {
        noComputation: Record<string, string>[]
      }
      expect(noComputation.length).toBeGreaterThan(0)
      for (const entry of noComputation) expect(entry.reason).toMatch(/\.$/)
    }
  })
})

describe('rulings', () => {
  const named = [...new Set(values.map(({ node }) => node.ruling).filter((ruling) => ruling !== undefined))] as string[]

  test.each(named.sort())('%s, which a value rests on, has a page', (ruling) => {
    expect(pages.filter((page) => page.startsWith(`${ruling}-`))).toHaveLength(1)
  })

  test.each(pages)('%s has its five parts, and the tests it names exist', (page) => {
    const text = readFileSync(join(projectRoot, 'docs/rulings', page), 'utf8')
    expect(text).toMatch(new RegExp(`^# ${basename(page).slice(0, 5)} `))
    for (const part of ['Clause', 'Readings possible', 'Reading taken', 'Who may overturn it', 'Tests that hold it']) {
      expect(text).toContain(`## ${part}\n`)
    }
    for (const [, path] of text.matchAll(/`(test\/[^`]+)`/g))
      expect(existsSync(join(projectRoot, path ?? ''))).toBe(true)
  })

  test('a ruling named in a reason, in the code or in another ruling has a page', () => {
    const sources = [
      'domain',
      'edi',
      'workflows',
      'persistence',
      'activities',
      'client',
      'worker',
      'cli',
      'docs',
    ].flatMap((top) =>
      readdirSync(join(projectRoot, top), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(tsx?|md)$/.test(name))
        .map((name) => join(projectRoot, top, name)),
    )
    const texts = [...files.map((name) => join(folder, name)), ...sources]
    expect(sources.length).toBeGreaterThan(pages.length)
    const mentioned = texts.flatMap((path) => readFileSync(path, 'utf8').match(/R-\d{3}/g) ?? [])
    for (const ruling of new Set(mentioned)) expect(pages.some((page) => page.startsWith(`${ruling}-`))).toBe(true)
  })
})
