module example.test/cgodisabled

go 1.24

require github.com/mattn/go-sqlite3 v1.14.32

replace github.com/mattn/go-sqlite3 => ./third/sqlite3
