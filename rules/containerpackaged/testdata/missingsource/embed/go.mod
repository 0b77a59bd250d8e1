module example.test/embed

go 1.24
