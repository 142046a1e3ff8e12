import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../persistence/project-root.js'
import { OURS } from './contest.js'
import { CONTESTS } from './contests.js'
import { pageSection, pictureOf, readKept, readmeSection, sectionOf } from './page.js'
import { plotOf } from './plot.js'
import { figureText, ratioText } from './table.js'
import { resultsOf, spreadOf, standings } from './verdict.js'

const page = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')

describe('the pages show what was kept of the last runs', () => {
  const kept = readKept()

  test('every contest, contestant and figure has its place', () => {
    expect(Object.keys(kept).sort()).toEqual(CONTESTS.map(({ name }) => name).sort())
    for (const { name, contestants, figures } of CONTESTS) {
      const results = kept[name]?.results ?? {}
      expect(Object.keys(results)).toEqual(contestants.map((contestant) => contestant.name))
      expect(Object.keys(results[OURS] ?? {}).sort()).toEqual(figures.map((figure) => figure.name).sort())
    }
  })

  test('tables and plots are made from them', () => {
    expect(sectionOf(page('docs/benchmarks.md'))).toBe(pageSection(kept).trim())
    expect(sectionOf(page('README.md'))).toBe(readmeSection(kept))
    for (const contest of CONTESTS) {
      const results = kept[contest.name]?.results
      expect(results === undefined ? '' : plotOf(contest, results)).toBe(
        page(join('docs', 'pictures', pictureOf(contest.name))),
      )
    }
  })

  test('no plot is left of a contest that is gone', () => {
    for (const [, path = ''] of page('docs/benchmarks.md').matchAll(/\]\((pictures\/[^)]+)\)/g))
      expect(existsSync(join(projectRoot, 'docs', path))).toBe(true)
  })
})

describe('verdicts', () => {
  const contest = {
    name: 'running',
    title: 'Running',
    figures: [{ name: 'speed', unit: 'per second', better: 'higher', title: 'Laps' }],
    bars: [{ figure: 'speed', peer: 'hare', atLeast: 0.5 }],
    contestants: [
      { name: OURS, what: '' },
      { name: 'hare', what: '' },
    ],
    open: () => Promise.reject(new Error('not opened here')),
  } as const
  const found = (ours: readonly number[], hare: readonly number[]) => {
    const findings = (values: readonly number[]) => values.map((speed) => ({ speed }))
    return resultsOf(new Map([[OURS, findings(ours)], ...(hare.length > 0 ? [['hare', findings(hare)] as const] : [])]))
  }

  test('the median stands, the spread is of the whole way', () => {
    expect(spreadOf([4, 1, 2])).toEqual({ median: 2, spread: 1.5 })
    expect(spreadOf([4, 2])).toEqual({ median: 3, spread: 2 / 3 })
  })

  test.each([
    ['met exactly at the bar', [5, 5, 5], [10, 10, 10], 0.5, 'met'],
    ['missed below it', [4, 4, 4], [10, 10, 10], 0.4, 'missed'],
    ['not judged when the peer differs from itself', [9, 9, 9], [8, 10, 12], 0.9, 'not judged'],
    ['judged however much we differ from ourselves', [1, 6, 9], [10, 10, 11], 0.6, 'met'],
    ['not judged without the peer', [5], [], null, 'not judged'],
  ])('%s', (_name, ours, hare, ratio, verdict) => {
    expect(standings(contest, found(ours, hare))).toMatchObject([{ ratio, verdict }])
  })

  test('figures are written with three digits that count', () => {
    expect([0.1234, 7.493, 30.17, 148.6, 12_808.74, 1_399_999].map(figureText)).toEqual([
      '0.12',
      '7.49',
      '30.2',
      '149',
      '12,800',
      '1,400,000',
    ])
    expect([0.156, 4.79, 18.8].map(ratioText)).toEqual(['0.16', '4.8', '19'])
  })
})
