import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../persistence/project-root.js'
import { type Folder, placeOf, type Source, sourceFrom, sourcesOf, visit } from './sources.js'
import { STRUCTURAL_CONSTANTS } from './structural-constants.js'

/** Where rules are applied; simulators have rules of their own, and entry points only pass values on. */
const SCANNED: readonly Folder[] = ['domain', 'edi', 'workflows', 'persistence', 'activities', 'client', 'cli']

/** Counting by one or two, and nothing at all, are everywhere. */
const TOO_COMMON = 2

/** Their arguments are positions and lengths in a text. */
const POSITIONAL = ['slice', 'substring', 'subarray', 'at', 'charAt', 'charCodeAt', 'padStart', 'padEnd', 'repeat']

interface Finding {
  readonly path: string
  readonly place: string
  readonly value: number | string
}

/** What a person has to do about each of them. */
function unexcused(findings: readonly Finding[]): string[] {
  return findings
    .filter((finding) => excuseFor(finding) === undefined)
    .map(({ place, value }) => `${place} has ${JSON.stringify(value)}: take it from the plan, or list it as structural`)
}

const lawNumbers = new Set<number>()
for (const value of planValues()) {
  if (typeof value === 'number' && value > TOO_COMMON) lawNumbers.add(value)
}

const sources = SCANNED.flatMap(sourcesOf)

/** Every `value` that stands beside a `cite` in plans/. */
function planValues(): unknown[] {
  const found: unknown[] = []
  const collect = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    if ('value' in node && 'cite' in node) found.push(...[node.value].flat())
    for (const child of Object.values(node)) collect(child)
  }
  for (const name of readdirSync(join(projectRoot, 'plans'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.yaml')) collect(parse(readFileSync(join(projectRoot, 'plans', name), 'utf8')))
  }
  return found
}

function numbersOfLaw(source: Source): Finding[] {
  const found: Finding[] = []
  visit(source.tree, (node) => {
    if (!ts.isNumericLiteral(node) || isPosition(node)) return
    // the tree holds 1_000 and 0x0a as decimal text
    const value = Number(node.text)
    if (lawNumbers.has(value)) found.push({ path: source.path, place: placeOf(source, node), value })
  })
  return found
}

function isPosition(literal: ts.NumericLiteral): boolean {
  const outer = ts.isPrefixUnaryExpression(literal.parent) ? literal.parent : literal
  const { parent } = outer
  if (ts.isElementAccessExpression(parent)) return parent.argumentExpression === outer
  if (ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression)) {
    return POSITIONAL.includes(parent.expression.name.text)
  }
  return false
}

function excuseFor(finding: Finding) {
  return STRUCTURAL_CONSTANTS.find(({ where, values }) => {
    const isThere = where === '' || where.endsWith('/') ? finding.path.startsWith(where) : finding.path === where
    return isThere && (values === 'any' || values.some((value) => value === finding.value))
  })
}

/** A time of day, a date, or a number with a unit that only a plan can give. */
const TOLD_IN_TEXT = [
  /^\d{1,2}:\d{2}(?::\d{2})?$/,
  /^\d{4}-\d{2}-\d{2}$/,
  /(?<![\w.])\d[\d,.]*[ -](?:calendar |business |consecutive )?(?:days?|months?|kWh|kilowatt|percent|cents|customers)\b/i,
  /(?<![\w.])\$\d{2}/,
  /(?<![\w.])\d{1,2}(?::\d{2})? ?[ap]\.?m\b/i,
]

function textsOfLaw(source: Source): Finding[] {
  const found: Finding[] = []
  visit(source.tree, (node) => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
    if (!isText || !TOLD_IN_TEXT.some((pattern) => pattern.test(node.text))) return
    found.push({ path: source.path, place: placeOf(source, node), value: node.text })
  })
  return found
}

describe('numbers of law, plan and utility stand in plans/, never in the code', () => {
  test('the plans were read: the windows, the limits and the cut-off are among their values', () => {
    for (const value of [19, 14, 45, 15000]) expect(lawNumbers).toContain(value)
    expect(planValues()).toContain('17:45')
  })

  test('no number equals a value of a plan, unless it is listed as structural with its reason', () => {
    expect(unexcused(sources.flatMap(numbersOfLaw))).toEqual([])
  })

  test('no sentence, time of day or date in the code tells one', () => {
    expect(unexcused(sources.flatMap(textsOfLaw))).toEqual([])
  })

  test.each([
    'const windowDays = 19',
    'if (kwh > 15_000) refuse()',
    'addDays(date, -7)',
    "const at = '17:45'",
    "const day = '2020-01-01'",
    "const words = 'within 19 days'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a module
    'const words = `a fee of $25, ${x}`',
    "const words = 'by 5:45 p.m.'",
  ])('the guard sees %s', (planted) => {
    const source = sourceFrom('domain/planted.ts', planted)
    expect([...numbersOfLaw(source), ...textsOfLaw(source)]).toHaveLength(1)
  })

  test.each(['digits.slice(0, 10)', 'row[7]', "text.padStart(15, '0')", 'const none = 0', "const id = 'ab-12:30-cd'"])(
    'the guard lets %s pass',
    (planted) => {
      const source = sourceFrom('domain/planted.ts', planted)
      expect([...numbersOfLaw(source), ...textsOfLaw(source)]).toEqual([])
    },
  )

  test('every listed constant is still in the code', () => {
    const findings = sources.flatMap((source) => [...numbersOfLaw(source), ...textsOfLaw(source)])
    const needless = STRUCTURAL_CONSTANTS.filter((entry) => !findings.some((finding) => excuseFor(finding) === entry))
    expect(needless.map(({ where }) => where)).toEqual([])
  })
})
