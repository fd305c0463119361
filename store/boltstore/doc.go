// Package boltstore keeps Vitrine's data in a folder on the local disk: the
// embedded default implementation of store.Store.
//
// # The folder
//
//	LOCK              held (flock) while a process has the folder open
//	journal.db        bbolt: events and decisions, in hours of arrival
//	state.db          bbolt: sites, profiles, products, placements, secrets, watermark
//	snapshots/<site>/ learned state, one checksummed file a name
//
// Two bbolt files, because a checkpoint of profiles rewrites thousands of random
// pages in one transaction, and acknowledgements must not wait for it. The
// journal grows at its right edge and keeps no free list on disk while it runs
// (a commit with many free pages would write the list each time); it writes the
// list when it is closed, so that only a start after a crash scans the file.
//
// # The path of an event
//
// Append encodes in the caller's goroutine and queues. One committer takes what
// has queued, drops duplicates, numbers the rest, and writes it in one
// transaction. One applier then folds the committed events into the profiles
// and wakes the callers; while it does so, the next commit is under way.
// Profiles change in memory; the checkpointer writes the changed ones to
// state.db in sorted batches, and then the watermark: the number up to which
// state.db has every event in it. Opening replays the journal from there. A
// profile's record carries the number it has reached, so that no event counts
// twice however far a checkpoint came before a crash.
//
// # One visitor
//
// A profile's record names the parts of the journal that its visitor has events in,
// chunks of 4,096 numbers, so that EventsOf and EraseVisitor read those alone. Whose
// decisions are stands beside them as fingerprints, one small record a commit
// (decisioncolumn.go). An erasure is a promise in the journal first (erase.go), and what
// a crash leaves of it is done at the next start. Compact copies both files under
// temporary names and renames them; reads go on in the old ones until then.
//
// # A copy
//
// Backup copies what both files hold, as it is at one moment, and the snapshots into one
// file, an archive (archive.go), which is kept in the folder for some minutes for whoever
// reads it. It holds a read transaction of each file while it copies; so that no commit
// has to wait for these, files are mapped far beyond their length (file.go). Restore
// builds a folder of an archive inside of the folder that is to become it, and takes
// effect by one rename (restore.go). CheckFolder looks at a folder that nobody has open.
//
// # Identity
//
// A site gets a number that is never used again, and every key of the site
// stands in buckets under that number. Deleting a site removes its record and
// its buckets in state.db in one transaction; what is left of the number in
// journal.db and snapshots is removed next, or at the next start.
package boltstore
