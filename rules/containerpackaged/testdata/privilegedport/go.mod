module example.test/privilegedport

go 1.24
