/** The project's own TypeScript, read for the guards of its architecture. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { projectRoot } from '../../persistence/project-root.js'

export interface Source {
  /** From the project's folder, with `/`. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

export const FOLDERS = [
  'domain',
  'edi',
  'workflows',
  'persistence',
  'activities',
  'client',
  'simulators',
  'worker',
  'web',
  'cli',
] as const
export type Folder = (typeof FOLDERS)[number]

/** Every module of a folder, in order of its path; none when the folder does not exist yet. */
export function sourcesOf(folder: Folder): readonly Source[] {
  return pathsUnder(folder)
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => sourceFrom(path, readFileSync(join(projectRoot, path), 'utf8')))
}

/** A module that is not on the disk, to show that a guard sees what is planted in it. */
export function sourceFrom(path: string, text: string): Source {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind) }
}

/** Walks the whole tree, parents before children. */
export function visit(node: ts.Node, seen: (node: ts.Node) => void): void {
  seen(node)
  ts.forEachChild(node, (child) => visit(child, seen))
}

/** `path:line` of a node, for messages. */
export function placeOf(source: Source, node: ts.Node): string {
  return `${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1}`
}

function pathsUnder(folder: string): string[] {
  try {
    return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .sort()
  } catch {
    return []
  }
}
