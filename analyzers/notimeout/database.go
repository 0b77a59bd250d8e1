package notimeout

import (
	"slices"

	"github.com/cnready/cnready/internal/effects"
)

// serverDrivers are the modules of drivers for databases that are servers.
var serverDrivers = []string{
	"github.com/lib/pq", "github.com/jackc/pgx", "github.com/jackc/pgx/v4", "github.com/jackc/pgx/v5",
	"github.com/jackc/pgx/v4/stdlib", "github.com/jackc/pgx/v5/stdlib", "github.com/jackc/pgx/stdlib",
	"github.com/go-sql-driver/mysql", "github.com/microsoft/go-mssqldb", "github.com/denisenkom/go-mssqldb",
	"github.com/sijms/go-ora/v2", "github.com/godror/godror", "github.com/ClickHouse/clickhouse-go",
	"github.com/ClickHouse/clickhouse-go/v2", "github.com/snowflakedb/gosnowflake",
}

// inFile tells programs whose only databases are in files: a statement waits for
// no peer there.
func inFile(c *effects.Contract) bool {
	embedded := len(c.Of(effects.Driver)) > 0 ||
		slices.ContainsFunc(c.Of(effects.Write), func(i *effects.Instance) bool { return i.Value("database") != nil })
	return embedded && c.Whole && !slices.ContainsFunc(serverDrivers, func(path string) bool {
		linked, known := c.Links(path)
		return linked || !known
	})
}
