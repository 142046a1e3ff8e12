import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../persistence/project-root.js'

const text = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')
const readme = text('README.md')
const pages = [
  'README.md',
  ...readdirSync(join(projectRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const helpOf = (...command: string[]): string =>
  execFileSync(process.execPath, [join(projectRoot, 'bin', 'meterhall.mjs'), ...command, '--help'], {
    encoding: 'utf8',
  })
/** Names under `Commands:` of a help page. */
const commandsIn = (help: string): string[] =>
  [...(help.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1] ?? '')

describe('the commands of the pages', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }

  test('every npm script that a page names exists', () => {
    const named = pages.flatMap((page) =>
      [...text(page).matchAll(/npm (?:run (?:-s )?([a-z]+)|(test)\b)/g)].map((match) => match[1] ?? match[2] ?? ''),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test('every script of a page lies in scripts/', () => {
    const named = pages.flatMap((page) =>
      [...text(page).matchAll(/node (scripts\/[\w-]+\.mjs)/g)].map((match) => match[1] ?? ''),
    )
    expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([])
  })

  test('README lists every command of the program, and none that it has not', () => {
    const table = readme.split('## Commands')[1]?.split('\n## ')[0] ?? ''
    const listed = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    )
    const verbs = commandsIn(helpOf()).filter((name) => name !== 'help')
    const groups = verbs.filter((name) => listed.some((command) => command.startsWith(`${name} `)))
    const known = verbs.flatMap((name) =>
      groups.includes(name)
        ? commandsIn(helpOf(name))
            .filter((sub) => sub !== 'help')
            .map((sub) => `${name} ${sub}`)
        : [name],
    )
    expect([...listed].sort()).toEqual([...known].sort())
  })
})

describe('what is not verified', () => {
  /** Keys of all values marked `verified: false`, at any depth. */
  function unverified(value: unknown, key: string): string[] {
    if (typeof value !== 'object' || value === null) return []
    if (Array.isArray(value)) return value.flatMap((each) => unverified(each, key))
    const entries = Object.entries(value)
    const own = 'verified' in value && value.verified === false ? [key] : []
    return [...own, ...entries.flatMap(([name, inner]) => unverified(inner, name))]
  }
  const files = ['programs/mahomet', 'states/illinois', 'utilities/ameren-illinois', 'calendars/ameren-illinois']
  const marked = [...new Set(files.flatMap((file) => unverified(parse(text(`plans/${file}.yaml`)), file)))]
  const section = readme.split('## What is not verified')[1]?.split('\nOpen questions')[0] ?? ''

  test('README names every value that the plans mark so', () => {
    // the steps of authority are a list; the one in doubt is the ordinance
    const missing = marked.filter(
      (key) => !section.includes(key === 'authority' ? 'date of the ordinance' : `\`${key}\``),
    )
    expect(marked.length).toBeGreaterThan(10)
    expect(missing).toEqual([])
  })

  test('and none that they do not', () => {
    const named = [...section.matchAll(/`([A-Za-z]+)`/g)].map((match) => match[1] ?? '')
    expect(named.filter((key) => !marked.includes(key))).toEqual([])
  })
})

describe('the life of an account', () => {
  const page = text('docs/life-of-an-account.md')
  const list = text('examples/mahomet/village-list/utility-fixed-price.csv')
  const script = JSON.parse(text('examples/mahomet/script.json')) as {
    receipts: { account: string; channel: string; postmark?: string; received: string }[]
  }
  const [late = '', neighbor = ''] = [...new Set([...page.matchAll(/\b\d{10}\b/g)].map((match) => match[0]))]

  test('follows two accounts of the example list, of which one never answers', () => {
    expect(list).toContain(`\n${late},`)
    expect(list).toContain(`\n${neighbor},`)
    expect(script.receipts.filter((receipt) => receipt.account === neighbor)).toEqual([])
  })

  test('tells of a card that the script has: postmarked on the last day, received a week later', () => {
    expect(script.receipts.filter((receipt) => receipt.account === late)).toMatchObject([
      { channel: 'card', postmark: '2027-02-10', received: '2027-02-17T15:00:00-06:00' },
    ])
  })

  test('links each numbered step to its one file, the same as in the table', () => {
    const sections = page.split(/^## /m).slice(1)
    const table = [...page.matchAll(/^\| \[(\d+ [^\]]+)\]\([^)]*\) \|[^|]*\| \[[^\]]+\]\(([^)]+)\) \|$/gm)]
    expect(table.length).toBeGreaterThan(12)
    expect(sections.map((section) => section.split('\n')[0])).toEqual(table.map((row) => row[1]))
    for (const [index, row] of table.entries()) {
      const own = [...(sections[index]?.split(/^>/m)[0] ?? '').matchAll(/\]\((\.\.\/[^)]+\.ts)\)/g)].map(
        (match) => match[1],
      )
      expect(own, row[1]).toEqual([row[2]])
    }
  })
})

test('docs/events.md is what the catalogue says: node scripts/event-catalogue.mjs', async () => {
  const { eventPage } = (await import('../../scripts/event-catalogue.mjs' as string)) as {
    eventPage(): Promise<string>
  }
  expect(text('docs/events.md')).toBe(await eventPage())
})
