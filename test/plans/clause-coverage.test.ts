/** No clause of the adopted plan is overlooked: each has a value, orders a step, or is recorded as computing nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../persistence/project-root.js'

/** The plan's own table of contents, part by part, down to the clauses that have numbers. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'Role of the Village': [...'ABCDEFGHI'],
  Billing: ['A', 'B'],
  'Renewable Energy and Energy Efficiency': ['A', 'B'],
  'Determination of Eligible Customer Pool': ['A', 'B.1', 'B.2', 'B.3', 'C.1', 'C.2', 'C.3', 'D', 'E'],
  'Power Supply Agreement': [...'ABCDEFGHIJ', 'K.1', 'K.2', 'K.3', 'L', 'M'],
  'Implementation Procedures': [
    ...['A', 'B', 'C', 'D.1', 'D.2'],
    ...['E.1', 'E.2', 'E.3', 'E.4', 'E.5', 'E.6', 'E.7', 'F'],
    ...['G.1', 'G.2', 'G.3', 'G.4', 'G.5', 'G.6', 'H'],
    ...['I.1', 'I.2', 'I.3', 'I.4', 'I.5', 'J'],
  ],
  'Additional Service Terms and Conditions': ['A', 'B', 'C'],
}

const plan = parse(readFileSync(join(projectRoot, 'plans/programs/mahomet.yaml'), 'utf8')) as unknown
const named = clausesNamed(plan)

/** Every text that names a clause of the plan: cites, and the list of what computes nothing. */
function textsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsIn)
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, entry]) =>
    (key === 'cite' || key === 'clause') && typeof entry === 'string' ? [entry] : textsIn(entry),
  )
}

/** `Part X` for each clause named; `A to C` and `A, B and C` name all three, `E.2` names E and E.2. */
function clausesNamed(node: unknown): ReadonlySet<string> {
  const parts = Object.keys(PARTS)
  const found = new Set<string>()
  for (const text of textsIn(node)) {
    for (const piece of text.split(';')) {
      for (const part of parts.filter((one) => piece.includes(one))) {
        const rest = piece.slice(piece.indexOf(part) + part.length)
        const until = Math.min(...parts.map((other) => rest.indexOf(other)).map((at) => (at < 0 ? rest.length : at)))
        for (const clause of spelledOut(rest.slice(0, until))) found.add(`${part} ${clause}`)
      }
    }
  }
  return found
}

function spelledOut(text: string): string[] {
  const clauses: string[] = []
  let last = ''
  let through = false
  for (const [, word = ''] of text.matchAll(/\b(to|[A-M](?:\.\d)?|\d)\b/g)) {
    if (word === 'to') {
      through = true
      continue
    }
    const clause = /^\d$/.test(word) ? `${last.charAt(0)}.${word}` : word
    clauses.push(clause, ...(through ? between(last, clause) : []))
    last = clause
    through = false
  }
  return clauses
}

function between(from: string, to: string): string[] {
  const at = (clause: string): number => clause.charCodeAt(clause.length - 1)
  const stem = to.slice(0, -1)
  return Array.from(
    { length: Math.max(0, at(to) - at(from) - 1) },
    (_, i) => stem + String.fromCharCode(at(from) + 1 + i),
  )
}

describe('Mahomet plan: every clause is cited or recorded as computing nothing', () => {
  test('a range, a list and a number of its own are read', () => {
    expect(spelledOut(' C, E to G, I and J')).toEqual(['C', 'E', 'G', 'F', 'I', 'J'])
    expect(spelledOut(' G.2 to G.4 and 5')).toEqual(['G.2', 'G.4', 'G.3', 'G.5'])
  })

  test.each(Object.entries(PARTS).flatMap(([part, clauses]) => clauses.map((clause) => [part, clause] as const)))(
    '%s %s',
    (part, clause) => {
      // a part of a clause is covered by the whole of it
      expect(named.has(`${part} ${clause}`) || named.has(`${part} ${clause.charAt(0)}`)).toBe(true)
    },
  )

  test.each(['History and Purpose', 'Definitions', 'Information and Complaint Numbers', 'Amendment', 'Appendix A'])(
    '%s',
    (part) => {
      expect(textsIn(plan).some((text) => text.includes(part))).toBe(true)
    },
  )
})
