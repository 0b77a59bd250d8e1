module github.com/cnready/cnready/bench

go 1.26.0
