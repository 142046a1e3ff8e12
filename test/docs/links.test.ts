import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../persistence/project-root.js'

const NOT_OURS = new Set(['node_modules', '.git', 'dist', 'out', '.cache', 'data'])

function pagesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) || entry.name.startsWith('dist.') ? [] : pagesUnder(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

interface Link {
  readonly page: string
  readonly target: string
}

/** Relative links and pictures of a page, outside of code. */
function linksOf(page: string): Link[] {
  const text = readFileSync(page, 'utf8')
    .replace(/^ {4}.*$/gm, '')
    .replace(/```[\s\S]*?```/g, '')
    .replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''))
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => ({ page, target: match[1] ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
}

/** As a forge makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-')
}

const headingsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? ''))

const pages = pagesUnder(projectRoot)
const links = pages.flatMap(linksOf)
const shown = ({ page, target }: Link): string => `${relative(projectRoot, page)}: ${target}`

describe('links between the pages', () => {
  test('there are some', () => {
    expect(links.length).toBeGreaterThan(50)
  })

  test('every one leads to a file or folder that exists', () => {
    const broken = links.filter(({ page, target }) => !existsSync(join(dirname(page), target.split('#')[0] ?? '')))
    expect(broken.map(shown)).toEqual([])
  })

  test('every anchor is a heading of its page', () => {
    const broken = links.filter(({ page, target }) => {
      const [path = '', anchor] = target.split('#')
      const there = path === '' ? page : join(dirname(page), path)
      return anchor !== undefined && !headingsOf(there).includes(anchor)
    })
    expect(broken.map(shown)).toEqual([])
  })

  test('every page in docs/ is reached from the index', () => {
    const index = join(projectRoot, 'docs', 'README.md')
    const listed = linksOf(index).map(({ target }) => join(dirname(index), target).replace(/\/$/, ''))
    const missed = pagesUnder(join(projectRoot, 'docs')).filter(
      (page) => page !== index && !listed.includes(page) && !listed.includes(dirname(page)),
    )
    expect(missed.map((page) => relative(projectRoot, page))).toEqual([])
  })
})
