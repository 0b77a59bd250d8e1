module example.test/copy

go 1.24
