import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { type Folder, placeOf, type Source, sourceFrom, sourcesOf, visit } from './sources.js'

/** Everything below the entry points takes program time and randomness as an argument. */
const WITHOUT_CLOCK: readonly Folder[] = [
  'domain',
  'edi',
  'workflows',
  'persistence',
  'activities',
  'client',
  'simulators',
]
const PURE: readonly Folder[] = ['domain', 'edi', 'workflows']

/** The few places that may, each with its reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  'workflows/program-time.ts': "the sandbox's Date is the Temporal server's time, recorded in the history",
}

const BANNED_CALLS: Readonly<Record<string, string>> = {
  'Date.now': 'reads the clock of the machine',
  'Math.random': 'is different on every replay',
  'Temporal.Now': 'reads the clock of the machine',
  'globalThis.Temporal': "is the machine's own, where there is one",
}

const SQL_CLOCK = /\b(?:now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_(?:date|time|timestamp)\b/i

function clockReadings(source: Source): string[] {
  const found: string[] = []
  visit(source.tree, (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      const why = BANNED_CALLS[node.getText(source.tree)]
      if (why !== undefined) found.push(`${placeOf(source, node)}: ${node.getText(source.tree)} ${why}`)
    }
    if (isDateOfNow(node)) found.push(`${placeOf(source, node)}: a Date without an argument reads the clock`)
    if (isText(node) && SQL_CLOCK.test(node.text))
      found.push(`${placeOf(source, node)}: the database's clock is a clock`)
  })
  return found
}

function isDateOfNow(node: ts.Node): boolean {
  const isCall = ts.isNewExpression(node) || ts.isCallExpression(node)
  if (!isCall || !ts.isIdentifier(node.expression) || node.expression.text !== 'Date') return false
  return ts.isCallExpression(node) || (node.arguments?.length ?? 0) === 0
}

type Text = ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
}

describe('time comes in as an argument', () => {
  test.each(WITHOUT_CLOCK)('%s reads no clock and throws no dice', (folder) => {
    const found = sourcesOf(folder)
      .filter((source) => !(source.path in ALLOWED))
      .flatMap(clockReadings)
    expect(found).toEqual([])
  })

  test.each(PURE)('%s formats nothing by the locale of the machine', (folder) => {
    const found = sourcesOf(folder).flatMap((source) => {
      const places: string[] = []
      visit(source.tree, (node) => {
        const isIntl = ts.isIdentifier(node) && node.text === 'Intl'
        const isLocale = ts.isPropertyAccessExpression(node) && /^toLocale/.test(node.name.text)
        if (isIntl || isLocale) places.push(placeOf(source, node))
      })
      return places
    })
    expect(found).toEqual([])
  })

  test.each([
    'const t = Date.now()',
    'const t = new Date()',
    'const t = Date()',
    'const x = Math.random()',
    'const d = Temporal.Now.plainDateISO()',
    'sql`select now()`',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a module
    "const q = `where at < current_timestamp and ${'x'}`",
  ])('the guard sees %s', (planted) => {
    expect(clockReadings(sourceFrom('domain/planted.ts', planted))).toHaveLength(1)
  })

  test.each(['const t = new Date(ms)', "const text = 'we know (now) more'", 'const known = () => 1'])(
    'the guard lets %s pass',
    (planted) => {
      expect(clockReadings(sourceFrom('domain/planted.ts', planted))).toEqual([])
    },
  )

  test('every exception is still one', () => {
    const needless = Object.keys(ALLOWED).filter((path) => {
      const source = WITHOUT_CLOCK.flatMap(sourcesOf).find((each) => each.path === path)
      return source === undefined || clockReadings(source).length === 0
    })
    expect(needless).toEqual([])
  })
})
