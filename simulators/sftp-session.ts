/** One SFTP session: the requests of a client, answered from the file tree below the root of its party. */
import { posix } from 'node:path'
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2'
import { FileRefusal, inside, type FileEntry, type FileTree } from './sftp-files.js'
import type { SftpFaults } from './sftp-faults.js'

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp

/** READ never gives more at once; OpenSSH's own servers do the same. */
const LARGEST_READ = 256 * 1024

export interface SftpSessionOptions {
  readonly tree: FileTree
  /** Directory of the tree that the client sees as `/`. */
  readonly root: string
  readonly faults: SftpFaults
  /** Ends the connection without a word. */
  readonly cut: () => void
  readonly renamed: (from: string, to: string) => void
}

interface Handle {
  readonly path: string
  readonly writes: boolean
  readonly reads: boolean
  readonly append: boolean
  readonly shortReads: number | null
  /** Entries of a directory that were not listed yet. */
  names: readonly string[] | null
}

/** Answers every request of the session until its connection ends. */
export function serveSftpSession(sftp: SFTPWrapper, { tree, root, faults, cut, renamed }: SftpSessionOptions): void {
  const handles = new Map<number, Handle>()
  let nextHandle = 0

  /** Answers a refused operation with its status; anything else is a bug of the simulator. */
  function attempt(request: number, action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error
      const status = error.kind === 'missing' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE
      sftp.status(request, status, error.kind === 'missing' ? 'No such file' : `Failure: ${error.kind}`)
    }
  }

  const find = (asked: string): FileEntry => {
    const entry = tree.find(inside(root, asked))
    if (entry === null) throw new FileRefusal('missing')
    return entry
  }

  function handleOf(request: number, handle: Buffer): Handle | null {
    const found = handle.length === 4 ? handles.get(handle.readUInt32BE(0)) : undefined
    if (found === undefined) sftp.status(request, STATUS_CODE.FAILURE, 'Failure: no such handle')
    return found ?? null
  }

  function open(request: number, handle: Handle): void {
    const id = nextHandle++
    handles.set(id, handle)
    const name = Buffer.alloc(4)
    name.writeUInt32BE(id)
    sftp.handle(request, name)
  }

  const ok = (request: number): void => sftp.status(request, STATUS_CODE.OK)

  sftp.on('OPEN', (request, asked, flags) => {
    faults.run('open', () =>
      attempt(request, () => {
        const path = inside(root, asked)
        const writes = (flags & OPEN_MODE.WRITE) !== 0
        const entry = tree.find(path)
        if (entry?.directory) throw new FileRefusal('wrong-kind')
        if (entry === null && (!writes || (flags & OPEN_MODE.CREAT) === 0)) throw new FileRefusal('missing')
        if (writes) {
          tree.openForWriting(path, {
            truncate: (flags & OPEN_MODE.TRUNC) !== 0,
            exclusive: (flags & OPEN_MODE.EXCL) !== 0,
          })
        }
        const reads = (flags & OPEN_MODE.READ) !== 0
        const shortReads = reads ? (faults.take('short-reads')?.bytes ?? null) : null
        open(request, { path, writes, reads, append: (flags & OPEN_MODE.APPEND) !== 0, shortReads, names: null })
      }),
    )
  })

  sftp.on('READ', (request, name, offset, length) => {
    faults.run('read', () =>
      attempt(request, () => {
        const handle = handleOf(request, name)
        if (handle === null) return
        if (!handle.reads) return sftp.status(request, STATUS_CODE.PERMISSION_DENIED)
        if (faults.take('cut-read', (fault) => offset + length > fault.afterBytes)) return cut()
        const data = tree.read(handle.path, offset, Math.min(length, handle.shortReads ?? LARGEST_READ, LARGEST_READ))
        if (data.length === 0) sftp.status(request, STATUS_CODE.EOF)
        else sftp.data(request, data)
      }),
    )
  })

  sftp.on('WRITE', (request, name, offset, data) => {
    faults.run('write', () =>
      attempt(request, () => {
        const handle = handleOf(request, name)
        if (handle === null) return
        if (!handle.writes) return sftp.status(request, STATUS_CODE.PERMISSION_DENIED)
        const start = handle.append ? (tree.find(handle.path)?.size ?? 0) : offset
        const reaches = (fault: { readonly afterBytes: number }): boolean => start + data.length > fault.afterBytes
        const cutting = faults.take('cut-write', reaches)
        const full = cutting ?? faults.take('disk-full', reaches)
        tree.write(handle.path, start, full ? data.subarray(0, Math.max(0, full.afterBytes - start)) : data)
        if (cutting) return cut()
        if (full) return sftp.status(request, STATUS_CODE.FAILURE, 'No space left on device')
        ok(request)
      }),
    )
  })

  sftp.on('CLOSE', (request, name) => {
    faults.run('close', () => {
      const handle = handleOf(request, name)
      if (handle === null) return
      if (handle.writes) tree.closeWriter(handle.path, true)
      handles.delete(name.readUInt32BE(0))
      ok(request)
    })
  })

  sftp.on('OPENDIR', (request, asked) =>
    attempt(request, () => {
      const path = inside(root, asked)
      const names = tree.names(path)
      open(request, { path, writes: false, reads: false, append: false, shortReads: null, names })
    }),
  )

  sftp.on('READDIR', (request, name) => {
    faults.run('readdir', () =>
      attempt(request, () => {
        const handle = handleOf(request, name)
        if (handle === null) return
        const entries = (handle.names ?? []).flatMap((filename) => {
          const entry = tree.find(posix.join(handle.path, filename))
          return entry === null ? [] : [{ filename, longname: longNameOf(filename, entry), attrs: attributesOf(entry) }]
        })
        handle.names = null
        if (entries.length === 0) sftp.status(request, STATUS_CODE.EOF)
        else sftp.name(request, entries)
      }),
    )
  })

  const stat = (request: number, asked: string): void =>
    attempt(request, () => sftp.attrs(request, attributesOf(find(asked))))
  sftp.on('STAT', stat)
  sftp.on('LSTAT', stat)
  sftp.on('FSTAT', (request, name) =>
    attempt(request, () => {
      const entry = tree.find(handleOf(request, name)?.path ?? '')
      if (entry !== null) sftp.attrs(request, attributesOf(entry))
    }),
  )
  // Times and modes mean nothing here; clients set them after an upload and expect a yes.
  sftp.on('SETSTAT', (request, asked) =>
    attempt(request, () => {
      find(asked)
      ok(request)
    }),
  )
  sftp.on('FSETSTAT', (request, name) => {
    if (handleOf(request, name) !== null) ok(request)
  })

  sftp.on('REALPATH', (request, asked) =>
    attempt(request, () => {
      const path = inside('/', asked === '.' ? '' : asked)
      sftp.name(request, [{ filename: path, longname: path, attrs: {} as Attributes }])
    }),
  )
  sftp.on('REMOVE', (request, asked) =>
    attempt(request, () => {
      tree.remove(inside(root, asked))
      ok(request)
    }),
  )
  sftp.on('MKDIR', (request, asked) =>
    attempt(request, () => {
      tree.makeDirectory(inside(root, asked))
      ok(request)
    }),
  )
  sftp.on('RMDIR', (request, asked) =>
    attempt(request, () => {
      if (inside(root, asked) === root) throw new FileRefusal('not-empty')
      tree.removeDirectory(inside(root, asked))
      ok(request)
    }),
  )
  sftp.on('RENAME', (request, from, to) => {
    faults.run('rename', () =>
      attempt(request, () => {
        if (faults.take('refuse-rename')) return sftp.status(request, STATUS_CODE.PERMISSION_DENIED)
        tree.rename(inside(root, from), inside(root, to))
        renamed(inside('/', from), inside('/', to))
        if (faults.take('cut-after-rename')) return cut()
        ok(request)
      }),
    )
  })

  sftp.on('close', () => {
    for (const handle of handles.values()) if (handle.writes) tree.closeWriter(handle.path, false)
    handles.clear()
  })
}

function attributesOf(entry: FileEntry): Attributes {
  const mode = entry.directory ? 0o040755 : 0o100644
  return { mode, uid: 0, gid: 0, size: entry.size, atime: entry.changed, mtime: entry.changed }
}

/** As `ls -l` would print it: clients read the kind and the rights from its first letters. */
function longNameOf(name: string, entry: FileEntry): string {
  return `${entry.directory ? 'drwxr-xr-x' : '-rw-r--r--'} 1 party party ${entry.size} Jan  1 00:00 ${name}`
}
