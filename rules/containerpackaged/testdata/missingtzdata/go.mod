module example.test/missingtzdata

go 1.24
