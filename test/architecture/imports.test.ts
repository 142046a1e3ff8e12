import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { FOLDERS, type Folder, placeOf, type Source, sourceFrom, sourcesOf, visit } from './sources.js'

/** What a folder may import of ours besides itself: strictly downwards, never sideways. */
const MAY_IMPORT: Readonly<Record<Folder, readonly Folder[]>> = {
  domain: [],
  edi: ['domain'],
  workflows: ['domain'],
  persistence: ['domain'],
  activities: ['domain', 'edi', 'workflows', 'persistence'],
  client: ['domain', 'edi', 'workflows', 'persistence'],
  // they share no rule with what they answer, so that they can disagree with it
  simulators: [],
  worker: ['domain', 'edi', 'workflows', 'persistence', 'activities', 'client', 'simulators'],
  web: ['domain', 'edi', 'workflows', 'persistence', 'activities', 'client', 'simulators'],
  cli: ['domain', 'edi', 'workflows', 'persistence', 'activities', 'client', 'simulators', 'worker', 'web'],
}

/** All that pure folders may import from outside; the others are free. */
const PACKAGES: Partial<Record<Folder, readonly string[]>> = {
  domain: ['temporal-polyfill/implementation'],
  edi: ['temporal-polyfill/implementation'],
  workflows: ['@temporalio/workflow'],
}

/** Never, anywhere: it hands out the machine's own clock where there is one. */
const BANNED = ['temporal-polyfill']

interface Import {
  readonly source: Source
  readonly place: string
  readonly from: string
  readonly isType: boolean
}

const sources = FOLDERS.flatMap((folder) => sourcesOf(folder).map((source) => ({ folder, source })))
const imports = sources.flatMap(({ folder, source }) => importsOf(source).map((found) => ({ folder, ...found })))

function importsOf(source: Source): Import[] {
  const found: Import[] = []
  const add = (node: ts.Node, specifier: ts.Node | undefined, isType: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ source, place: placeOf(source, node), from: specifier.text, isType })
    }
  }
  visit(source.tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false)
    }
  })
  return found
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const bindings = clause.namedBindings
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  )
}

/** The module of ours a relative import means, from the project's folder. */
function ours(found: Import): string | undefined {
  if (!found.from.startsWith('.')) return undefined
  return posix.normalize(posix.join(posix.dirname(found.source.path), found.from))
}

/** What is wrong with an import between folders, in words; nothing when it goes down. */
function sideways(folder: Folder, found: Import): string[] {
  const target = ours(found)?.split('/')[0]
  if (target === undefined || target === folder || MAY_IMPORT[folder].some((allowed) => allowed === target)) return []
  return [`${found.place} imports ${found.from}: ${folder} may not import ${target}`]
}

describe('imports go strictly down, never sideways', () => {
  test('every folder of the table was read', () => {
    for (const folder of ['domain', 'workflows', 'persistence', 'worker'] as const) {
      expect(sources.filter((each) => each.folder === folder).length).toBeGreaterThan(0)
    }
    expect(imports.length).toBeGreaterThan(100)
  })

  test('between the folders', () => {
    expect(imports.flatMap((found) => sideways(found.folder, found))).toEqual([])
  })

  test.each([
    "import { x } from '../edi/isa.js'",
    "import type { X } from '../edi/isa.js'",
    "export { x } from '../worker/dev-server.js'",
    "const x = await import('../cli/calc.js')",
    "type X = import('../activities/mail.js').X",
  ])('the guard sees %s in persistence', (planted) => {
    const found = importsOf(sourceFrom('persistence/planted.ts', planted))
    expect(found.flatMap((each) => sideways('persistence', each))).toHaveLength(1)
  })

  test('relative imports name the built file, ending in .js', () => {
    const wrong = imports.filter((found) => found.from.startsWith('.') && !found.from.endsWith('.js'))
    expect(wrong.map((found) => `${found.place} imports ${found.from}`)).toEqual([])
  })

  test('no two modules import each other at run time, not even round several corners', () => {
    expect(cycles()).toEqual([])
  })
})

describe('what comes from outside', () => {
  const external = imports.filter((found) => !found.from.startsWith('.'))

  test('domain, edi and workflows import the packages named here and no other', () => {
    const wrong = external.filter((found) => PACKAGES[found.folder]?.includes(found.from) === false)
    expect(wrong.map((found) => `${found.place} imports ${found.from}`)).toEqual([])
  })

  test('the entry of the date library that uses the machine is imported nowhere', () => {
    const wrong = external.filter((found) => BANNED.includes(found.from))
    expect(wrong.map((found) => `${found.place} imports ${found.from}`)).toEqual([])
  })

  test("Node's own modules are written with node:", () => {
    const wrong = external.filter((found) => builtinModules.includes(found.from))
    expect(wrong.map((found) => `${found.place} imports ${found.from}`)).toEqual([])
  })

  test('the simulators import nothing of ours', () => {
    const wrong = imports.filter(
      (found) => found.folder === 'simulators' && ours(found)?.startsWith('simulators/') === false,
    )
    expect(wrong.map((found) => `${found.place} imports ${found.from}`)).toEqual([])
  })
})

describe('the shape of a module', () => {
  test('nothing is exported by default or wholesale', () => {
    const wrong: string[] = []
    for (const { source } of sources) {
      visit(source.tree, (node) => {
        const isWholesale = ts.isExportDeclaration(node) && node.exportClause === undefined
        const isDefault =
          ts.isExportAssignment(node) ||
          (ts.canHaveModifiers(node) &&
            ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) === true)
        if (isWholesale || isDefault) wrong.push(placeOf(source, node))
      })
    }
    expect(wrong).toEqual([])
  })

  test('files are kebab-case and none is called utils, helpers, common or manager', () => {
    const wrong = sources.filter(({ source }) => {
      const name = posix.basename(source.path).replace(/\.tsx?$/, '')
      return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || /(^|-)(utils?|helpers?|common|managers?)$/.test(name)
    })
    expect(wrong.map(({ source }) => source.path)).toEqual([])
  })
})

/** Each circle of run-time imports once, written from its alphabetically first module. */
function cycles(): string[] {
  const targets = new Map<string, string[]>()
  for (const found of imports) {
    const target = ours(found)
    if (target === undefined || found.isType) continue
    const from = found.source.path.replace(/\.tsx?$/, '.js')
    targets.set(from, [...(targets.get(from) ?? []), target])
  }
  const circles = new Set<string>()
  const done = new Set<string>()
  const walk = (module: string, trail: readonly string[]) => {
    const at = trail.indexOf(module)
    if (at >= 0) {
      const circle = trail.slice(at)
      const first = circle.indexOf([...circle].sort()[0] ?? '')
      circles.add([...circle.slice(first), ...circle.slice(0, first)].join(' -> '))
      return
    }
    if (done.has(module)) return
    for (const target of targets.get(module) ?? []) walk(target, [...trail, module])
    done.add(module)
  }
  for (const module of [...targets.keys()].sort()) walk(module, [])
  return [...circles]
}
