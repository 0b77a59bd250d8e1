// Package embeddeddb finds services that keep an embedded database in a file.
//
// # Analyzer embeddeddb
//
// embeddeddb: a service's database is a service of its own
//
// Property: container packaged. Severity: error; warning where configuration
// chooses the embedded database and does not by default.
//
// SQLite, bbolt, Badger, Pebble, LevelDB, BuntDB, DuckDB and the like keep a
// database in files that one process has open. In a container the files go when
// the instance is replaced, and a second replica has a database of its own, or
// cannot open the first one's (SQLite documentation, "Appropriate Uses For
// SQLite": client/server applications; The Twelve-Factor App, "Backing services").
//
// The rule fails where a serving main can reach a call that opens such a database
// on a file. It is silent for databases in memory, for temporary files, and for
// what only CLI commands and tests open. A finding is cleared where every workload
// that runs the service mounts a persistent volume at the file.
//
// Fails:
//
//	db, err := bbolt.Open("/data/orders.db", 0o600, nil)
//
// Passes: a database server, which the deployment names:
//
//	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
//
// To mend: move the data to a database server. Where one instance is enough, keep
// the file on a persistent volume, run one replica, and update it by Recreate.
package embeddeddb
