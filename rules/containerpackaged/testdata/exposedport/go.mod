module example.test/exposedport

go 1.24
